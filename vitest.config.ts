import { defineConfig, mergeConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import viteConfig from './vite.config.ts';

const seconds = (n: number): number => n * 1000;

/**
 * One suite: where its tests are and how many files run at once. Suites run one after the other, in `order`.
 * Time limits only catch a hang: no test depends on speed.
 */
function suite(
  name: string,
  order: number,
  options: { include: string[]; workers: number; timeout: number; globalSetup?: string },
): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name,
      include: options.include,
      environment: 'node',
      pool: 'forks',
      maxWorkers: options.workers,
      fileParallelism: options.workers > 1,
      sequence: { groupOrder: order },
      testTimeout: options.timeout,
      hookTimeout: options.timeout,
      ...(options.globalSetup ? { globalSetup: options.globalSetup } : {}),
    },
  };
}

export default mergeConfig(
  viteConfig,
  defineConfig({
    test: {
      silent: 'passed-only',
      projects: [
        suite('unit', 0, {
          include: ['test/unit/**/*.test.ts', 'test/traces/**/*.test.ts', 'test/architecture.test.ts'],
          workers: 2,
          timeout: seconds(120),
        }),
        suite('engine', 1, { include: ['test/engine/**/*.test.ts'], workers: 2, timeout: seconds(180) }),
        suite('sandbox', 2, { include: ['test/sandbox/**/*.test.ts'], workers: 1, timeout: seconds(180) }),
        suite('e2e', 3, {
          include: ['test/e2e/**/*.test.ts'],
          workers: 1,
          timeout: seconds(300),
          globalSetup: 'test/e2e/setup.ts',
        }),
      ],
    },
  }),
);
