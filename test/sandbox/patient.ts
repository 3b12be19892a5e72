/** Limits for programs that do not end: most of them take all of it. */
export const HASTY = { perTestMs: 200, perProgramMs: 600 };
/** Limits for programs of which hardly one does not end by itself. */
export const PATIENT = { perTestMs: 3000, perProgramMs: 9000 };
/** Limits for tests that come to an end, however busy the machine is. */
export const AS_LONG_AS_IT_TAKES = { perTestMs: 20_000, perProgramMs: 60_000 };
