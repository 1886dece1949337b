/** A step that is to run on a site without the board's disk: the same, with the site's own folders, and what it needs there. */
import type { Board } from '../../board/board.ts';
import { type StepContext, stageTemplates } from '../../definitions/definitions.ts';
import type { SiteDefinition } from '../../model/site.ts';
import { STEP_FILES } from '../hand-in.ts';
import type { FarFile, Launch } from '../launcher.ts';
import { contextOf, launchOf, type StepTask } from '../step.ts';
import { FAR_LOG, workFolder } from './site-disk.ts';

/** The task as its step sees it there. */
export function siteTask(board: Board, task: StepTask, { root }: SiteDefinition): StepTask {
  const scratch = `${root}/${workFolder(board.name, task.held.try)}`;
  return {
    ...task,
    home: root,
    scratch,
    products: undefined,
    inputs: {},
    members: undefined,
    log: `${scratch}/${FAR_LOG}`,
    paramsFile: `${scratch}/${STEP_FILES.params}`,
    result: `${scratch}/${STEP_FILES.result}`,
    post: `${scratch}/${STEP_FILES.post}`,
  };
}

/** @throws TemplateError if a template names what this entry, or the site, has not */
export function siteLaunch(board: Board, task: StepTask, site: SiteDefinition): Launch {
  const there = siteTask(board, task, site);
  const work = workFolder(board.name, task.held.try);
  const file = (name: string, text: string, executable = false): FarFile => ({
    path: `${work}/${name}`,
    text,
    executable,
  });
  const files = stageTemplates(task.stage)
    .files(contextOf(board, there) as StepContext)
    .map(({ name, content, executable }) => file(name, content, executable));
  return {
    ...launchOf(board, there),
    far: [file(STEP_FILES.params, `${JSON.stringify(task.params)}\n`), ...files],
  };
}
