/** What `slate init` puts into a new home: an example pipeline that runs anywhere with a shell. */

export const BOARDS_FOLDER = 'blackboard';
export const FOLDERS = ['pipelines', 'stages', BOARDS_FOLDER, 'tools'] as const;

export const FILES: Readonly<Record<string, string>> = {
  'pipelines/example.yaml': `# An example pipeline: three stages in a row. Columns of a board stand in this order.
pipeline: example
title: An example
stages:
  - stage: check
  - stage: work
  - stage: report
# A stage runs after the one before it unless it says otherwise:
#   - {stage: preview, after: [check]}
`,
  'stages/check.yaml': `# A step is a program and its arguments: no shell, unless one is asked for with 'shell:'.
stage: check
title: CHK
description: Is there something to work on?
command: [/bin/sh, -c, 'echo "checking $SLATE_DATASET"']
exits: {0: complete, 75: retry, 3: hold, default: fail}   # what its exit codes mean
retries: 2                  # failed tries that go back to waiting, for 'retry', a time-out and a lost process
backoff: {first: 5s, factor: 2, most: 5m}
timeout: 10m
`,
  'stages/work.yaml': `stage: work
title: WRK
description: Does the work. What it leaves in $SLATE_PRODUCTS is published when it succeeds.
command: [/bin/sh, -c, 'echo "made from $SLATE_DATASET" > "$SLATE_PRODUCTS/result.txt"']
products: true
timeout: 10m
`,
  'stages/report.yaml': `stage: report
title: RPT
description: Reads what the stage 'work' has published.
command: [/bin/sh, -c, 'cat "$SLATE_IN_WORK/result.txt"']
timeout: 10m
`,
  'blackboard/README.md': `Boards live here, one folder each: made with \`slate create\`, looked at with \`ls\`.
`,
  'tools/README.md': `Programs that the steps of this home share.
`,
};
