/** Every key of the two kinds of file, in one line: the docs and "did you mean" are made from this table. */

export interface KeyDoc {
  readonly file: 'pipeline' | 'stage';
  /** `[]` is an item of a list, `*` any key. */
  readonly key: string;
  readonly form: string;
  /** As written in YAML; undefined: it must be given, `-`: nothing. */
  readonly default: string | undefined;
  readonly meaning: string;
}

function key(file: KeyDoc['file'], name: string, form: string, fallback: string | undefined, meaning: string): KeyDoc {
  return { file, key: name, form, default: fallback, meaning };
}

export const KEY_DOCS: readonly KeyDoc[] = [
  key('pipeline', 'pipeline', 'name', undefined, "the pipeline's name; the file is named after it"),
  key('pipeline', 'title', 'one line', 'the name', 'what it is for'),
  key('pipeline', 'stages', 'list, 1 to 32', undefined, 'the stages, in column order'),
  key('pipeline', 'stages[].stage', 'name', undefined, 'a stage: stages/<name>.yaml'),
  key(
    'pipeline',
    'stages[].after',
    'list of names',
    'the stage before it',
    'its parents: all must be complete or skipped before it starts; [] starts at once',
  ),
  key('pipeline', 'stages[].title', 'one line', "the stage file's title", 'the column heading'),
  key(
    'pipeline',
    'inFlight',
    '1 to 1000000',
    '2000',
    'most active entries of a rank or a better one before more are taken from the queue',
  ),
  key(
    'pipeline',
    'durability',
    'posts, strict or none',
    'posts',
    'what is synced to disk before it counts: posts and products, every rename, or nothing',
  ),
  key('pipeline', 'landing', 'list', '[]', 'folders whose files become entries'),
  key('pipeline', 'landing[].folder', 'template', undefined, 'the folder, relative to the home or absolute'),
  key(
    'pipeline',
    'landing[].match',
    'glob or list of globs',
    undefined,
    'the file names that are taken; others go to quarantine',
  ),
  key('pipeline', 'landing[].dataset', 'template', undefined, 'the dataset that a file becomes'),
  key('pipeline', 'landing[].class', 'template', "'-'", 'its class'),
  key('pipeline', 'landing[].rank', 'template', '50', 'its rank, two digits'),
  key(
    'pipeline',
    'landing[].params',
    'mapping of templates',
    '{}',
    'further parameters; input, the path of the file, is always there',
  ),
  key('pipeline', 'landing[].params.*', 'template', '-', 'a parameter'),
  key(
    'pipeline',
    'landing[].pattern',
    'regular expression',
    '-',
    'its named groups are groups.<name> in the templates',
  ),
  key('pipeline', 'landing[].complete', 'mapping with one key', '{stableFor: 5s}', 'how a file is known to be whole'),
  key('pipeline', 'landing[].complete.stableFor', 'duration', '-', 'it has not changed for so long'),
  key(
    'pipeline',
    'landing[].complete.checksum',
    'sha256 or md5',
    '-',
    'a file <name>.sha256 or <name>.md5 lies beside it and is right',
  ),
  key('pipeline', 'landing[].complete.signal', 'suffix', '-', 'a file <name><suffix> lies beside it'),
  key(
    'pipeline',
    'transaction',
    'true or false',
    'false',
    'products become visible all together, in published/<dataset>, when their entry is done',
  ),
  key('pipeline', 'timers', 'list', '[]', 'entries that are posted on a schedule'),
  key('pipeline', 'timers[].timer', 'name', undefined, "the timer's name"),
  key('pipeline', 'timers[].every', 'duration', '-', 'every so long, counted from 1970 UTC; this or cron'),
  key('pipeline', 'timers[].cron', 'cron expression', '-', 'minute hour day month weekday, perhaps a second first'),
  key('pipeline', 'timers[].zone', 'time zone', 'UTC', 'where the cron expression holds, such as Europe/Berlin'),
  key('pipeline', 'timers[].dataset', 'template', "'{{ timer }}-{{ time }}'", 'the dataset that a firing becomes'),
  key('pipeline', 'timers[].class', 'template', "'-'", 'its class'),
  key('pipeline', 'timers[].rank', 'template', '50', 'its rank, two digits'),
  key('pipeline', 'timers[].params', 'mapping of templates', '{}', 'its parameters; timer and time are always there'),
  key('pipeline', 'timers[].params.*', 'template', '-', 'a parameter'),
  key('pipeline', 'timers[].stage', 'name', '-', 'the only stage that runs; the others are skipped'),
  key('pipeline', 'timers[].missed', 'skip, last or all', 'last', 'what is made up for of the times that nobody saw'),
  key(
    'pipeline',
    'timers[].overlap',
    'skip or queue',
    'skip; queue with missed: all',
    'what happens while the last one is still at work',
  ),
  key('pipeline', 'timers[].jitter', 'duration', '0s', 'posts up to so much later, each time by another time'),
  key('pipeline', 'limits', 'mapping of numbers', '{}', 'how many steps of all hosts may use something at a time'),
  key('pipeline', 'limits.*', '0 to 100000', '-', 'the places of a limit, such as database: 3'),
  key('pipeline', 'free', 'size', '-', 'for stages without free: least that must be free on the disk'),
  key('pipeline', 'retention', 'mapping', 'as below', 'how long what is finished is kept'),
  key('pipeline', 'retention.done', 'duration or never', '30d', 'entries in done/'),
  key('pipeline', 'retention.removed', 'duration or never', '30d', 'entries in removed/'),
  key('pipeline', 'retention.logs', 'duration or never', '30d', 'logs of finished entries'),
  key('pipeline', 'retention.products', 'duration or never', 'never', 'products of finished entries'),
  key('pipeline', 'retention.scratch', 'duration or never', '7d', 'working folders of failed tries'),
  key('pipeline', 'retention.journal', 'duration or never', '90d', 'the journal'),

  key('stage', 'stage', 'name', undefined, "the stage's name; the file is named after it"),
  key('stage', 'title', 'one line', 'the first three letters', 'the column heading'),
  key('stage', 'description', 'text', '-', 'what it does, for people'),
  key(
    'stage',
    'command',
    'list of templates',
    undefined,
    'the program and its arguments, each one argument whatever it holds; this or shell',
  ),
  key(
    'stage',
    'shell',
    'template',
    undefined,
    'a line for the shell, in which each value is one quoted word; this or command',
  ),
  key('stage', 'exits', 'mapping', '{0: complete, default: fail}', 'what an exit code does'),
  key(
    'stage',
    'exits.*',
    'complete, retry, hold, fail, {fail: reason}, {skip: […]}, {hold: […]}, {set: {…}} or {back: stage, most: N}',
    '-',
    'an exit code, 0 to 255, or default; skip, hold and set name descendants, back an ancestor',
  ),
  key('stage', 'retries', '0 to 9', '0', 'failed tries (retry, time limit, lost process) that go back to waiting'),
  key('stage', 'backoff', 'mapping', 'as below', 'how long it waits before it is tried again'),
  key('stage', 'backoff.first', 'duration', '5s', 'after the first failed try'),
  key('stage', 'backoff.factor', '1 to 100', '2', 'how many times longer after each further one'),
  key('stage', 'backoff.most', 'duration', '10m', 'but never longer'),
  key('stage', 'timeout', 'duration', '-', 'a try that takes longer is stopped and has failed'),
  key('stage', 'slots', '1 to 1024', '-', 'most tries at once in one stage process'),
  key('stage', 'products', 'true or false', 'false', 'what it leaves in $SLATE_PRODUCTS is published when it succeeds'),
  key(
    'stage',
    'checkpoint',
    'true or false',
    'false',
    'with transaction: what is there so far becomes visible when it completes',
  ),
  key('stage', 'cpus', 'number or template', '-', 'cores that a step needs of its host'),
  key('stage', 'memory', 'size or template', '-', 'memory that a step needs of its host, such as 8g'),
  key('stage', 'limits', 'list, or mapping of numbers', '[]', 'limits of the pipeline that a step takes a place of'),
  key('stage', 'limits.*', '1 to 1000', '1', 'how many places'),
  key(
    'stage',
    'free',
    'size',
    "the pipeline's",
    'not started while less than this is free on the disk of its products and working folder',
  ),
  key('stage', 'batch', 'mapping', '-', 'one execution of its step takes several entries: docs/batch.md'),
  key('stage', 'batch.most', '1 to 1000', undefined, 'as many at most; so many waiting ones are taken at once'),
  key('stage', 'batch.within', 'duration', '0s', 'fewer are taken once the first of them has waited so long'),
  key('stage', 'batch.idle', 'duration', '-', 'fewer are also taken once none has come for so long'),
  key('stage', 'env', 'mapping of templates', '{}', 'variables of its environment'),
  key('stage', 'env.*', 'template', '-', 'a variable'),
  key('stage', 'files', 'mapping of templates', '{}', 'files of its working folder, made before it starts'),
  key(
    'stage',
    'files.*',
    'template, {text: template} or {from: path}',
    '-',
    'a file; from names a template in the home; with executable: true it may be run',
  ),
  key('stage', 'classes', 'list of classes', '-', 'the classes that it serves; others skip it'),
  key('stage', 'scratch', 'keep-failed, keep or remove', 'keep-failed', 'what becomes of its working folder'),
  key(
    'stage',
    'service',
    'true, or a mapping',
    'false',
    'the command stays up: it reads one JSON line an entry, and answers with one',
  ),
  key('stage', 'service.restart', 'mapping', 'as below', 'how long it is left alone after it has died'),
  key('stage', 'service.restart.first', 'duration', '1s', 'after the first death'),
  key('stage', 'service.restart.factor', '1 to 100', '2', 'how many times longer after each further one in a row'),
  key('stage', 'service.restart.most', 'duration', '1m', 'but never longer'),
  key('stage', 'service.most', '1 to 1000000000', '-', 'entries after which an instance is replaced by a fresh one'),
  key('stage', 'service.age', 'duration', '-', 'age at which it is'),
  key('stage', 'service.memory', 'size', '-', 'resident memory, of its children too, at which it is'),
  key(
    'stage',
    'service.start',
    'duration',
    '-',
    'it says {"ready": true} within that time; without: it is given an entry as soon as it runs',
  ),
  key('stage', 'service.stop', 'duration', '5s', 'from the end of its input until SIGTERM'),
  key(
    'stage',
    'service.cancel',
    'true or false',
    'false',
    'it is told of an entry that was taken away; without: it is ended, and started anew',
  ),
  key(
    'stage',
    'gather',
    'members, children, or a mapping',
    '-',
    'it waits until the members of its group, or the entries that the entry itself has posted, are there',
  ),
  key('stage', 'gather.what', 'members or children', undefined, 'what it waits for'),
  key('stage', 'gather.until', 'stage or done', 'done', "how far they must be; an entry's own needs may say otherwise"),
  key('stage', 'gather.deadline', 'duration', '-', 'how long after its post the entry waits for them'),
  key(
    'stage',
    'gather.then',
    'run, hold or fail',
    'hold',
    'what happens at the deadline: it goes on with what there is, or waits for a person',
  ),
];

/** The names of the keys that a mapping may have: those of the file, or of the mapping at `path`. */
export function keysAt(file: KeyDoc['file'], path: readonly (string | number)[]): string[] {
  const prefix = path.map((step, at) => (typeof step === 'number' ? '[]' : at === 0 ? step : `.${step}`)).join('');
  const inside = prefix === '' ? '' : `${prefix}.`;
  return KEY_DOCS.filter((doc) => doc.file === file && doc.key.startsWith(inside))
    .map((doc) => doc.key.slice(inside.length))
    .filter((name) => name !== '' && !/[.[*]/.test(name));
}
