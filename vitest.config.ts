import { defineConfig, mergeConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import viteConfig from './vite.config.ts';

export interface Suite {
  /** Patterns of its test files: a folder with `/**`, or one file. */
  readonly include: readonly string[];
  /** Limit of one test in seconds. It only catches a hang: no test depends on speed. */
  readonly limit: number;
  /** Whether its files wait for a good part of their time. */
  readonly waits?: boolean;
  /** Whether it needs a browser, or files that come with one. */
  readonly browser: boolean;
  /** Whether the files of one process share the modules they import: what is costly to load or to start is so once. */
  readonly shared?: boolean;
  /** A file run once before the suite. */
  readonly globalSetup?: string;
}

/**
 * The test suites. Their files wait in one queue, by the names of the suites, so that no core stands idle until the last file;
 * the small ones are last.
 */
export const suites: Readonly<Record<string, Suite>> = {
  unit: {
    include: ['test/unit/**/*.test.ts', 'test/architecture.test.ts'],
    limit: 120,
    browser: false,
    shared: true,
  },
  commands: { include: ['test/commands/**/*.test.ts'], limit: 120, browser: false, shared: true },
  /** By itself, because its tests watch modules that the unit tests share. */
  traces: { include: ['test/traces/**/*.test.ts'], limit: 120, browser: false },
  engine: {
    include: ['test/engine/**/*.test.ts'],
    limit: 300,
    browser: true,
    shared: true,
    globalSetup: 'test/vulkan.ts',
  },
  /** A process for each file: they lose back ends, fill their memory, or are the first to open one, which decides on threads. */
  backends: {
    include: ['test/backends/**/*.test.ts'],
    limit: 300,
    browser: true,
    globalSetup: 'test/vulkan.ts',
  },
  sandbox: { include: ['test/sandbox/**/*.test.ts'], limit: 300, waits: true, browser: true, shared: true },
  e2e: {
    include: ['test/e2e/**/*.test.ts'],
    limit: 300,
    waits: true,
    browser: true,
    shared: true,
    globalSetup: 'test/e2e/setup.ts',
  },
};

/**
 * Files that run at once on two cores. Where a tenth of a file's time is waiting (for a limit, a start, a page), one more than cores;
 * where everything is computing, a third process would only read all modules once more. First the former, then the latter.
 */
const groups = { waiting: { order: 0, workers: 3 }, computing: { order: 1, workers: 2 } } as const;

/** How long `expect.poll` looks, ms: vitest's own second is short beside what else a machine may do. */
const patience = 30_000;

function project([name, suite]: [string, Suite]): TestProjectInlineConfiguration {
  const { order, workers } = groups[suite.waits ? 'waiting' : 'computing'];
  return {
    extends: true,
    test: {
      name,
      include: [...suite.include],
      environment: 'node',
      pool: 'forks',
      maxWorkers: workers,
      sequence: { groupOrder: order },
      isolate: !suite.shared,
      testTimeout: suite.limit * 1000,
      hookTimeout: suite.limit * 1000,
      expect: { poll: { timeout: patience } },
      ...(suite.globalSetup ? { globalSetup: suite.globalSetup } : {}),
    },
  };
}

export default mergeConfig(
  viteConfig,
  defineConfig({ test: { silent: 'passed-only', projects: Object.entries(suites).map(project) } }),
);
