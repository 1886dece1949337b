/** The front of `definitions/`: what other layers use. */

export { DefinitionError, type Fault, formatFault } from './fault.ts';
export { findHome, HomeError } from './home.ts';
export {
  type HomeDefinitions,
  type LoadedPipeline,
  loadHome,
  loadPipeline,
  loadStages,
  parsePipelineText,
} from './load.ts';
export { type FileSize, type NeedsContext, needsTemplates } from './needs-templates.ts';
export { KEY_DOCS, type KeyDoc } from './schema-doc.ts';
export { isFixed, TemplateError } from './template.ts';
export type { BatchContext, CommonContext, ServiceContext, StepContext } from './template-contexts.ts';
export {
  type FileContext,
  type LandingTemplates,
  landingTemplates,
  type RenderedCommand,
  type StageTemplates,
  stageTemplates,
} from './templates.ts';
export { type TimerContext, type TimerTemplates, timerContext, timerTemplates } from './timer.ts';
