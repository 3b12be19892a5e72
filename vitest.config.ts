import { defineConfig, mergeConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import viteConfig from './vite.config.ts';

export interface Suite {
  /** Patterns of its test files: a folder with `/**`, or one file. */
  readonly include: readonly string[];
  /** Files that run at once. */
  readonly workers: number;
  /** Limit of one test in seconds. It only catches a hang: no test depends on speed. */
  readonly limit: number;
  /** Whether it needs a browser, or files that come with one. */
  readonly browser: boolean;
  /** Whether the files of one process share the modules they import: what is costly to load or to start is so once. */
  readonly shared?: boolean;
  /** A file run once before the suite. */
  readonly globalSetup?: string;
}

/** The test suites, run one after the other in this order. */
export const suites: Readonly<Record<string, Suite>> = {
  unit: {
    include: ['test/unit/**/*.test.ts', 'test/architecture.test.ts'],
    workers: 2,
    limit: 120,
    browser: false,
    shared: true,
  },
  /** By itself, because a trace watches a module that the unit tests share. */
  traces: { include: ['test/traces/**/*.test.ts'], workers: 2, limit: 120, browser: false },
  engine: {
    include: ['test/engine/**/*.test.ts'],
    workers: 2,
    limit: 180,
    browser: true,
    globalSetup: 'test/vulkan.ts',
  },
  sandbox: { include: ['test/sandbox/**/*.test.ts'], workers: 1, limit: 180, browser: true },
  e2e: {
    include: ['test/e2e/**/*.test.ts'],
    workers: 2,
    limit: 300,
    browser: true,
    shared: true,
    globalSetup: 'test/e2e/setup.ts',
  },
};

function project([name, suite]: [string, Suite], order: number): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name,
      include: [...suite.include],
      environment: 'node',
      pool: 'forks',
      maxWorkers: suite.workers,
      fileParallelism: suite.workers > 1,
      isolate: !suite.shared,
      sequence: { groupOrder: order },
      testTimeout: suite.limit * 1000,
      hookTimeout: suite.limit * 1000,
      ...(suite.globalSetup ? { globalSetup: suite.globalSetup } : {}),
    },
  };
}

export default mergeConfig(
  viteConfig,
  defineConfig({ test: { silent: 'passed-only', projects: Object.entries(suites).map(project) } }),
);
