/**
 * Where the tests get a browser from: one that is there (src/cli/chromium.ts), else the full Chromium that
 * Playwright installs, else the distribution's package (Debian, as root).
 * Debian also packs Chromium without its windows, its "headless shell", which takes a tenth less time; `npm test` uses it where it can
 * be had. Playwright's own will not do: it has no WebGPU.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import type { Browser, BrowserContext, LaunchOptions } from 'playwright';
import { findChromium, noBrowser, onPath } from '../src/cli/chromium.ts';

export { findChromium };

/** Runs one installer; false when it failed, with its last words shown. */
function install(what: string, command: string, args: readonly string[]): boolean {
  console.log(`  ${what} …`);
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 15 * 60_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (result.status === 0) return true;
  const words = `${result.stdout ?? ''}\n${result.stderr ?? ''}`.trim().split('\n');
  const reason =
    words.findLast((line) => /error|fail|unable/i.test(line)) ?? words.at(-1) ?? 'no reason given';
  console.log(`  … did not work: ${result.error?.message ?? reason.trim()}`);
  return false;
}

/** Installs packages of Debian's, as root; false where that did not work. */
function installPackages(what: string, ...packages: readonly string[]): boolean {
  if (process.getuid?.() !== 0 || !onPath('apt-get')) return false;
  return install(what, 'apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages]);
}
const updateLists = (): boolean =>
  process.getuid?.() === 0 &&
  onPath('apt-get') !== null &&
  install('updating the package lists', 'apt-get', ['update', '-q']);

/** A Chromium, installed first if there is none. Throws, with what to do, when none can be had. */
export function obtainChromium(): string {
  const present = findChromium();
  if (present) return present;

  const playwright = join(
    dirname(createRequire(import.meta.url).resolve('playwright/package.json')),
    'cli.js',
  );
  const viaPlaywright = [playwright, 'install', '--no-shell', '--no-progress', 'chromium'];
  install('installing Chromium with Playwright', process.execPath, viaPlaywright);
  const downloaded = findChromium();
  if (downloaded) return downloaded;

  updateLists();
  installPackages("installing the distribution's Chromium", 'chromium', 'fonts-liberation');
  const packaged = findChromium();
  if (packaged) return packaged;
  throw new Error(noBrowser);
}

/**
 * The headless shell of this very Chromium, Debian's package, installed first if need be; null where that is not possible, which does
 * no harm.
 * @param chromium what `obtainChromium` gave
 */
export function obtainShell(chromium: string): string | null {
  const name = 'chromium-headless-shell';
  const [, version = ''] = /^Chromium (\S+)/.exec(versionOf(chromium)) ?? [];
  const found = (): string | null => {
    const path = onPath(name);
    if (path === null) return null;
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    return String(stdout).includes(` ${version}`) ? path : null; // null where it cannot be started
  };
  if (found() !== null) return found();
  const packaged = spawnSync('dpkg-query', ['-W', '-f', '${Version}', 'chromium'], { encoding: 'utf8' });
  if (chromium !== onPath('chromium') || packaged.status !== 0) return null; // another browser
  const what = "installing the headless shell of the distribution's Chromium";
  const apt = (): boolean => installPackages(what, `${name}=${packaged.stdout}`);
  const listed = spawnSync('apt-cache', ['show', name], { stdio: 'ignore' }).status === 0;
  if (!apt() && !listed && updateLists()) apt(); // a fresh machine has no lists
  return found();
}

/**
 * For Dawn, which is WebGPU in Chromium and in Node, above SwiftShader: memory of a workgroup is set to zero by a loop of Dawn's own.
 * What Vulkan has for it SwiftShader writes out number by number, and compiling that takes three quarters of a kernel's time.
 */
export const dawnOptions: readonly string[] = [
  'disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension',
];

/**
 * What a browser of a test does without: the menus of its address bar, two pages of 400 files in each window, and a process in reserve
 * for the next site. The others are Playwright's, whose switch this one replaces.
 */
const disabledFeatures = [
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup', 'SpareRendererForSitePerProcess'],
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades'],
  ...['HttpsFirstBalancedModeAutoEnable', 'LensOverlay', 'MediaRouter', 'PaintHolding'],
  ...['ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect', 'OptimizationHints'],
  ...['NetworkTimeServiceQuerying', 'AimEnabled', 'PreconnectToSearch'],
];

/**
 * Command-line switches of every test browser: WebGPU on the software adapter (right, but slow), and no sandbox of
 * Chromium's own when root, which it refuses to start with.
 */
export const chromiumArgs: readonly string[] = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  ...dawnOptions.map((option) => `--${option}`),
  `--disable-features=${disabledFeatures.join(',')}`,
  '--js-flags=--single-threaded-gc', // other tests have the other core: helpers of the collector cost more than they spare
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** Loaded when a browser is wanted: it takes half a second, and other tests only ask for a switch or a path. */
const playwright = () => import('playwright');

function launchOptions(executablePath: string | null, args: readonly string[] = []): LaunchOptions {
  if (executablePath === null) throw new Error(noBrowser);
  return { executablePath, args: [...chromiumArgs, ...args] };
}

/** The headless shell where `npm test` has found one (test/run.ts), else the full Chromium; null without any. */
export const lightestChromium = (): string | null => process.env.CHROMIUM_HEADLESS_SHELL ?? findChromium();

/**
 * Starts a headless Chromium. Close it when done.
 * @param args more command-line switches
 */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  const { chromium } = await playwright();
  return chromium.launch(launchOptions(lightestChromium(), args));
}

/**
 * The only context of a headless Chromium whose user told it to block all cookies and site data. Close it when done. Only the full
 * browser has such users.
 */
export async function launchWithoutCookies(): Promise<BrowserContext> {
  const profile = 'test-results/profile-without-cookies';
  rmSync(profile, { recursive: true, force: true }); // of the last time
  mkdirSync(join(profile, 'Default'), { recursive: true });
  const block = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(block));
  const { chromium } = await playwright();
  return chromium.launchPersistentContext(profile, launchOptions(findChromium()));
}

/** The browser's version line, e.g. "Chromium 156.0.8078.79 built on Debian". */
export function versionOf(path: string): string {
  return execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/**
 * The manifest of SwiftShader, the software Vulkan driver that comes with Chromium, or null. Beside it lies the Vulkan
 * loader. With both, WebGPU in Node (Dawn) has a software adapter on a machine without a GPU.
 */
export function softwareVulkan(): string | null {
  const browser = findChromium();
  const folders = [...(browser ? [dirname(realpathSync(browser))] : []), '/usr/lib/chromium'];
  return folders.map((folder) => join(folder, 'vk_swiftshader_icd.json')).find(existsSync) ?? null;
}
