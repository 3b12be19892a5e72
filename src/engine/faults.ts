/** What can happen to a back end through no fault of the work it was given, so that the work may be tried again. */

/** There was no room for a tensor. Nothing was overwritten; with less at once the same work may fit. */
export class OutOfMemoryError extends Error {
  override readonly name = 'OutOfMemoryError';
}

/** The back end is gone with every tensor it held, e.g. because the graphics driver was restarted. */
export class BackendLostError extends Error {
  override readonly name = 'BackendLostError';
}
