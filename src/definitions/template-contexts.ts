/** What the templates of steps see. Paths are absolute. */

/** What the templates of every step see. Paths are absolute. */
export interface CommonContext {
  readonly home: string;
  readonly board: string;
  readonly pipeline: string;
  readonly stage: string;
  readonly scratch: string;
  /** What the stage declares, as numbers: cores, and MB. Undefined: it declares none. */
  readonly cpus: number | undefined;
  readonly memory: number | undefined;
  /** The stage process's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What those of a step that takes several entries see. */
export interface BatchContext extends CommonContext {
  readonly batch: {
    /** The list: JSON lines, one an entry. */
    readonly path: string;
    /** Where the step may tell what became of them. */
    readonly outcomes: string;
    readonly count: number;
  };
}

/** What those of a step for one entry see. */
export interface StepContext extends CommonContext {
  readonly dataset: string;
  readonly class: string;
  readonly rank: string;
  readonly try: number;
  readonly epoch: number;
  readonly posted: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Undefined: the stage publishes none. */
  readonly products: string | undefined;
  /** Earlier stage → the folder of its official products. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What a gathering stage has gathered: as in $SLATE_MEMBERS. */
  readonly members: readonly object[];
}

/** What the templates of a service see. */
export type ServiceContext = Pick<StepContext, 'home' | 'board' | 'pipeline' | 'stage' | 'env'>;
