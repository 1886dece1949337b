/** Small questions about a template's tree, and new nodes for it. */

import { internals, type TemplateNode } from './nunjucks.ts';

export const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The expression as far as a message needs it. */
export function source(node: TemplateNode | undefined): string {
  switch (node?.typename) {
    case 'Symbol':
    case 'Literal':
      return String(node.value);
    case 'LookupVal': {
      const member = field(node, 'val');
      const target = source(field(node, 'target'));
      return member?.typename === 'Literal' && IDENTIFIER.test(String(member.value))
        ? `${target}.${member.value}`
        : `${target}[${member?.typename === 'Literal' ? `'${member.value}'` : source(member)}]`;
    }
    case 'Filter': {
      const args = field(node, 'args');
      return `${source(args === undefined ? undefined : children(args)[0])} | ${source(field(node, 'name'))}`;
    }
    case 'FunCall':
      return `${source(field(node, 'name'))}(…)`;
    default:
      return '…';
  }
}

export function field(node: TemplateNode, name: string): TemplateNode | undefined {
  const value = node[name];
  return isNode(value) ? value : undefined;
}

export function children(node: TemplateNode): TemplateNode[] {
  return list(node.children);
}

export function list(value: unknown): TemplateNode[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function isNode(value: unknown): value is TemplateNode {
  return typeof value === 'object' && value !== null && 'typename' in value;
}

export function isFilter(node: TemplateNode, name: string): boolean {
  return node.typename === 'Filter' && field(node, 'name')?.value === name;
}

export function literal(at: TemplateNode, value: string | boolean): TemplateNode {
  return new internals.nodes.Literal(at.lineno, at.colno, value);
}

export function call(filter: string, at: TemplateNode, args: TemplateNode[]): TemplateNode {
  const { Filter, Symbol: Name, NodeList } = internals.nodes;
  const { lineno, colno } = at;
  return new Filter(lineno, colno, new Name(lineno, colno, filter), new NodeList(lineno, colno, args));
}
