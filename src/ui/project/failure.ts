/** Why a project does not run in this page: what happened, what is kept, what to do. */

export type Stage = 'boot' | 'mount' | 'install' | 'run';

export interface Failure {
  readonly what: string;
  readonly todo: string;
  /** What the program said, or ''. */
  readonly detail: string;
  /** Whether a new container can be started in this page as it is. */
  readonly again: boolean;
}

/** Said of every failure. */
export const kept = 'Your edits are kept in this tab, and the zip has them.';

const elsewhere =
  'Or save the project as a zip: it runs with npm ci && npm start on any machine with Node 20.19 or newer.';

/** What can be known before anything is asked of the vendor. */
export interface Window {
  readonly isolated: boolean;
  readonly secure: boolean;
  readonly online: boolean;
  readonly cookies: boolean;
  /** In a frame of another page. */
  readonly framed: boolean;
  readonly userAgent: string;
}

/** Why a WebContainer cannot boot in this window; null where nothing is known to be in its way. */
export function barrier({ isolated, secure, online, cookies, framed, userAgent }: Window): Failure | null {
  const failure = (what: string, todo: string): Failure => ({
    what,
    todo: `${todo} ${elsewhere}`,
    detail: '',
    again: true,
  });
  if (!online)
    return failure(
      'This browser is offline, and a WebContainer is loaded from StackBlitz’s servers.',
      'Connect, and try again.',
    );
  if (!secure)
    return failure(
      'This page came over http, and a WebContainer starts in pages only that came over https or from localhost.',
      'Open it over https.',
    );
  if (framed)
    return failure(
      'This page is in a frame, where it cannot be isolated from other sites.',
      'Open it in a tab of its own.',
    );
  if (!isolated && /^((?!chrom|android|firefox).)*safari/i.test(userAgent))
    return failure(
      'A WebContainer needs a page that is isolated from other sites, and Safari does not know the kind of isolation that this site asks for.',
      'Open this page in Chrome, Edge or Firefox.',
    );
  if (!isolated)
    return failure(
      'A WebContainer needs a page that is isolated from other sites, and this one is not: its host does not send the two headers for that, and the page’s service worker has not added them yet.',
      'Reload this page; if that does not help, the browser keeps no service worker for it.',
    );
  if (!cookies)
    return failure(
      'This browser keeps no cookies or site data, and StackBlitz’s frame in this page needs its own.',
      'Allow them for stackblitz.com.',
    );
  return null;
}

interface Found {
  readonly message?: string;
  /** Exit code. */
  readonly code?: number;
  /** Nothing was heard for a long time. */
  readonly silent?: boolean;
}

/** What went wrong on the way. */
export function failureIn(stage: Stage | 'died', { message = '', code, silent = false }: Found): Failure {
  const failure = (what: string, todo: string, again = true): Failure => ({
    what,
    todo: `${todo} ${elsewhere}`,
    detail: message,
    again,
  });
  switch (stage) {
    case 'boot':
      return silent
        ? failure(
            'StackBlitz’s frame did not answer. A network or an extension that blocks stackblitz.com does that, and so does a browser that blocks third-party cookies or frames.',
            'Allow them for this page, and reload it.',
            false,
          )
        : failure('The WebContainer did not start.', 'Reload the page, and try again.', false);
    case 'mount':
      return failure('The WebContainer started, and did not take the project’s files.', 'Start it again.');
    case 'install':
      if (code === undefined)
        return failure('npm ci could not be run in the WebContainer.', 'Start it again.');
      return failure(
        `npm ci ended with code ${code}: the packages were not installed. The terminal says why; most often the package index, registry.npmjs.org, cannot be reached from StackBlitz’s servers.`,
        'Start it again in a while.',
      );
    case 'run':
      return failure('The WebContainer did not run the project.', 'Start it again.');
    case 'died':
      return failure(
        'The WebContainer stopped in the middle. What the run had written in it is gone; the charts and the terminal show what had arrived.',
        'Start it again.',
      );
    default:
      return stage satisfies never;
  }
}
