/** Places without the board's disk that bytes are sent to and fetched from: `sites.yaml`. Types, and the tools known by name. */

/** How bytes get there: templates of one command each. */
export interface Tool {
  readonly upload: readonly string[];
  readonly download: readonly string[];
  /** It goes on where a file ends that was sent in part. */
  readonly resumes: boolean;
}

export const TOOL_NAMES = ['rsync', 'cp', 'scp', 'shiftc'] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

const HOST = '{% if host %}{{ host }}:{% endif %}';
const ONE = { from: '{{ source }}', to: '{{ target }}' };
// `-s`: names reach the other side as they are, and no shell there reads them.
const RSYNC = ['rsync', '-s', '-L', '--partial', '--append-verify', '--timeout=600', '--files-from={{ list }}'];

export const TOOLS: Readonly<Record<ToolName, Tool>> = {
  rsync: {
    upload: [...RSYNC, '{{ from }}/', `${HOST}{{ to }}/`],
    download: [...RSYNC, `${HOST}{{ from }}/`, '{{ to }}/'],
    resumes: true,
  },
  cp: { upload: ['cp', '--', ONE.from, ONE.to], download: ['cp', '--', ONE.from, ONE.to], resumes: false },
  scp: {
    upload: ['scp', '-s', '-q', '-B', '--', ONE.from, `${HOST}${ONE.to}`],
    download: ['scp', '-s', '-q', '-B', '--', `${HOST}${ONE.from}`, ONE.to],
    resumes: false,
  },
  shiftc: {
    upload: ['shiftc', '--wait', '--verify', ONE.from, `${HOST}${ONE.to}`],
    download: ['shiftc', '--wait', '--verify', `${HOST}${ONE.from}`, ONE.to],
    resumes: false,
  },
};

export interface SiteDefinition extends Tool {
  /** What `site:` of a transfer says. */
  readonly name: string;
  readonly host: string | undefined;
  /** Absolute, on the site: nothing outside is touched. */
  readonly root: string;
  /** It was named relative to the home: a stand-in for a site, which is made when it is needed. */
  readonly isInHome: boolean;
  /** Words before a command that is to run on the site; none: it runs here. */
  readonly run: readonly string[];
  /** After which one command counts as stalled. */
  readonly timeoutMs: number;
  /** What each transfer takes of the pipeline's limits. */
  readonly limits: Readonly<Record<string, number>>;
}

/** A command that is started once for all files, not once for each. */
export function takesList(words: readonly string[]): boolean {
  return words.some((word) => /\{[{%][^}]*\blist\b/.test(word));
}

/** What is sent where by a stage whose step is Slateboard's own. */
export const WAYS = ['upload', 'download', 'remove'] as const;
export type Way = (typeof WAYS)[number];

export interface TransferRule {
  readonly site: string;
  readonly way: Way;
}

/** How a transfer ends: exit codes of its step. */
export const TRANSFER_EXITS = {
  /** What has arrived has other sums than what was sent. */
  differ: 65,
  /** There is nothing to send. */
  noSource: 66,
  /** The site can't be asked. */
  unreachable: 69,
  /** A command has failed: its disk is full, a right is missing. */
  failed: 74,
  /** A command took longer than the site's `timeout`. */
  stalled: 75,
  /** What is asked for can't be: no such site, a path that leaves its root, a name that can't be sent. */
  refused: 78,
} as const;
