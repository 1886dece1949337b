/**
 * Walks the tree of a template: finds at load time what would fail at run time (unknown names, filters, tags, values inside
 * shell quotes), and rewrites lookups and outputs so that what is only known at run time fails there, by name.
 */

import { nearest } from '../model/suggest.ts';
import type { TemplateNode } from './nunjucks.ts';
import { ShellScan } from './shell-scan.ts';
import { call, children, field, IDENTIFIER, isFilter, list, literal, source } from './template-tree.ts';
import {
  BINARY,
  FORBIDDEN_MEMBERS,
  MEMBER,
  type MemberUse,
  QUOTED,
  TAGS,
  TEXT,
  type TemplateFault,
  type TemplateKind,
  type TemplateNames,
} from './template-types.ts';

export class TemplateChecker {
  readonly faults: TemplateFault[] = [];
  readonly used = new Set<string>();
  readonly members: MemberUse[] = [];
  readonly #known: TemplateNames;
  readonly #filters: readonly string[];
  readonly #tests: readonly string[];
  #locals: Set<string> = new Set();
  #shell: ShellScan | undefined;

  constructor(known: TemplateNames, kind: TemplateKind, filters: readonly string[], tests: readonly string[]) {
    this.#known = known;
    this.#filters = filters;
    this.#tests = tests;
    this.#shell = kind === 'shell' ? new ShellScan() : undefined;
  }

  /** Checks and rewrites a statement in place. */
  statement(node: TemplateNode): void {
    switch (node.typename) {
      case 'Root':
      case 'NodeList':
        for (const child of children(node)) this.statement(child);
        return;
      case 'Output':
        node.children = children(node).map((child) => this.#output(child));
        return;
      case 'If':
        this.#replace(node, 'cond', true);
        this.#branch(node, field(node, 'body'));
        this.#branch(node, field(node, 'else_'));
        return;
      case 'For':
        this.#loop(node);
        return;
      case 'Set':
        this.#set(node);
        return;
      default:
        this.#forbidden(node);
    }
  }

  #output(node: TemplateNode): TemplateNode {
    if (node.typename === 'TemplateData') {
      this.#shell?.text(String(node.value));
      return node;
    }
    const bare = isFilter(node, 'raw') || isFilter(node, 'safe');
    const expression = this.#expression(node, false);
    const shell = this.#shell;
    if (shell === undefined) return call(TEXT, node, [expression, literal(node, source(node))]);
    const problem = bare ? undefined : shell.problem();
    if (problem !== undefined) {
      this.#fault(
        node,
        `the value of '${source(node)}' ${problem}`,
        'each value is one quoted word already: let it stand by itself, or take it from the environment',
      );
    }
    shell.value();
    return call(bare ? TEXT : QUOTED, node, [expression, literal(node, source(node))]);
  }

  #branch(parent: TemplateNode, body: TemplateNode | undefined): void {
    if (body === undefined) return;
    const before = this.#shell?.state();
    this.#shell?.branch();
    this.statement(body);
    this.#shell?.branch();
    if (this.#shell?.state() !== before) {
      this.#fault(parent, 'quotes or brackets of the shell line begin or end inside this block, but not both');
    }
  }

  #loop(node: TemplateNode): void {
    this.#replace(node, 'arr', false);
    const outer = this.#locals;
    this.#locals = new Set([...outer, 'loop']);
    const target = field(node, 'name');
    for (const name of target?.typename === 'Array' ? children(target) : [target]) this.#define(name);
    this.#branch(node, field(node, 'body'));
    this.#locals = outer;
    this.#branch(node, field(node, 'else_'));
  }

  #set(node: TemplateNode): void {
    if (field(node, 'value') !== undefined) this.#replace(node, 'value', false);
    // `{% set x %}…{% endset %}`: not among the node's fields.
    const body = field(node, 'body');
    if (body !== undefined) node.body = this.#expression(body, false);
    for (const target of list(node.targets)) this.#define(target);
  }

  #define(target: TemplateNode | undefined): void {
    const name = String(target?.value);
    if (target === undefined) return;
    if (!IDENTIFIER.test(name)) this.#fault(target, `'${name}' is no name for a variable`);
    else if (this.#known.names.includes(name))
      this.#fault(target, `'${name}' has a meaning here already`, 'take another name');
    this.#locals.add(name);
  }

  /**
   * @param lenient the value may be undefined: it is asked whether it is, or has a default
   * @returns the node to take its place
   */
  #expression(node: TemplateNode, lenient: boolean): TemplateNode {
    switch (node.typename) {
      case 'Literal':
        return node;
      case 'Symbol':
        this.#name(node);
        return node;
      case 'LookupVal':
        return this.#lookup(node, lenient);
      case 'Filter':
        return this.#filter(node);
      case 'FunCall':
        if (field(node, 'name')?.typename !== 'LookupVal') this.#fault(node, `'${source(node)}' can't be called`);
        else this.#replace(node, 'name', false);
        this.#arguments(field(node, 'args'));
        return node;
      case 'Is':
        return this.#test(node);
      case 'InlineIf':
        this.#replace(node, 'cond', true);
        this.#replace(node, 'body', lenient);
        this.#replace(node, 'else_', lenient);
        return node;
      case 'Or':
        this.#replace(node, 'left', true);
        this.#replace(node, 'right', lenient);
        return node;
      case 'And':
        this.#replace(node, 'left', lenient);
        this.#replace(node, 'right', lenient);
        return node;
      case 'Not':
        this.#replace(node, 'target', lenient);
        return node;
      case 'Neg':
      case 'Pos':
        this.#replace(node, 'target', false);
        return node;
      case 'Compare':
        this.#replace(node, 'expr', false);
        for (const operand of list(node.ops)) this.#replace(operand, 'expr', false);
        return node;
      case 'Group':
        node.children = children(node).map((child) => this.#expression(child, lenient));
        return node;
      case 'Array':
      case 'NodeList':
      case 'Dict':
      case 'KeywordArgs':
        this.#arguments(node);
        return node;
      case 'Capture':
        return this.#capture(node);
      default:
        if (!BINARY.has(node.typename)) this.#forbidden(node);
        else for (const side of ['left', 'right']) this.#replace(node, side, false);
        return node;
    }
  }

  #arguments(node: TemplateNode | undefined): void {
    if (node === undefined) return;
    node.children = children(node).map((child) => {
      if (child.typename !== 'Pair') return this.#expression(child, false);
      this.#replace(child, 'value', false);
      return child;
    });
  }

  /** The value of a block is quoted where it is put out, not where it is made. */
  #capture(node: TemplateNode): TemplateNode {
    const shell = this.#shell;
    this.#shell = undefined;
    const body = field(node, 'body');
    if (body !== undefined) this.statement(body);
    this.#shell = shell;
    return node;
  }

  #name(node: TemplateNode): void {
    const name = String(node.value);
    if (this.#locals.has(name)) return;
    if (this.#known.names.includes(name)) {
      this.used.add(name);
      return;
    }
    if (name === 'in' && this.#known.names.includes('inputs')) {
      this.#fault(node, "'in' is a word of the template language", "the products of earlier stages are 'inputs'");
      return;
    }
    const absent = this.#known.absent?.[name];
    this.#fault(
      node,
      `no name '${name}' is known here`,
      absent ?? known(name, [...this.#locals, ...this.#known.names]),
    );
  }

  #lookup(node: TemplateNode, lenient: boolean): TemplateNode {
    const target = field(node, 'target');
    const member = field(node, 'val');
    if (target === undefined || member === undefined) return node;
    const path = source(node);
    const fixed = member.typename === 'Literal' ? String(member.value) : undefined;
    if (FORBIDDEN_MEMBERS.has(fixed)) this.#fault(member, `'${fixed}' can't be looked up`);
    if (target.typename === 'Symbol' && fixed !== undefined && !this.#locals.has(String(target.value))) {
      const object = String(target.value);
      this.members.push({ object, member: fixed, line: member.lineno, column: member.colno });
      const members = this.#known.members?.[object];
      if (members !== undefined && !members.includes(fixed) && !lenient) {
        const hint = members.length === 0 ? `'${object}' has no members here` : known(fixed, members);
        this.#fault(member, `'${path}' is not defined`, hint);
      }
    }
    const strict = literal(node, !lenient);
    return call(MEMBER, node, [
      this.#expression(target, lenient),
      this.#expression(member, false),
      strict,
      literal(node, path),
    ]);
  }

  #filter(node: TemplateNode): TemplateNode {
    const name = String(field(node, 'name')?.value);
    if (!this.#filters.includes(name)) this.#fault(node, `no filter '${name}' exists`, known(name, this.#filters));
    const args = field(node, 'args');
    const [first, ...rest] = args === undefined ? [] : children(args);
    if (args === undefined || first === undefined) return node;
    const lenient = name === 'default' || name === 'd';
    const others = rest.map((child) => {
      if (child.typename !== 'KeywordArgs') return this.#expression(child, false);
      this.#arguments(child);
      return child;
    });
    args.children = [this.#expression(first, lenient), ...others];
    return node;
  }

  #test(node: TemplateNode): TemplateNode {
    const right = field(node, 'right');
    const name = String(right?.typename === 'FunCall' ? field(right, 'name')?.value : right?.value);
    if (!this.#tests.includes(name))
      this.#fault(right ?? node, `no test 'is ${name}' exists`, known(name, this.#tests));
    this.#replace(node, 'left', name === 'defined' || name === 'undefined');
    if (right?.typename === 'FunCall') this.#arguments(field(right, 'args'));
    return node;
  }

  #replace(node: TemplateNode, name: string, lenient: boolean): void {
    const old = field(node, name);
    if (old !== undefined) node[name] = this.#expression(old, lenient);
  }

  #forbidden(node: TemplateNode): void {
    const tag = TAGS[node.typename] ?? node.typename;
    this.#fault(node, `{% ${tag} %} can't be used here`, 'templates know if, for, set, filter and raw');
  }

  #fault(node: TemplateNode, message: string, hint?: string): void {
    const place = { line: node.lineno, column: node.colno, message };
    this.faults.push(hint === undefined ? place : { ...place, hint });
  }
}

/** `did you mean 'x'? known: a, b` */
function known(word: string, words: readonly string[]): string {
  const near = nearest(word, words);
  return `${near === undefined ? '' : `did you mean '${near}'? `}known: ${words.join(', ')}`;
}
