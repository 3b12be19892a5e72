/** Limits for programs that end by themselves: no verdict may depend on the speed of the machine. */
export const PATIENT = { perTestMs: 3000, perProgramMs: 9000 };
