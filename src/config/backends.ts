/** What can compute, by name, the fastest first. `engine/backend.ts` opens them. */
export const backendNames = ['webgpu', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];
