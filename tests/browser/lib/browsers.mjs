// Chromium by playwright-core and Firefox by puppeteer-core (WebDriver BiDi), behind one small page object.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import { until } from './wait.mjs';

const here = new URL('..', import.meta.url);
const SOURCE = readFileSync(new URL('page/source.js', here), 'utf8');
const MEASURE = readFileSync(new URL('page/measure.js', here), 'utf8');
const NOWHERE = 'http://127.0.0.1:9/';

const CHROMIUM_FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--autoplay-policy=no-user-gesture-required', '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows', '--auto-accept-this-tab-capture',
  '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
];
const FIREFOX_PREFS = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'dom.min_background_timeout_value': 4,
  'app.update.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'extensions.update.enabled': false,
  'services.settings.server': NOWHERE,
  'media.gmp-manager.url': NOWHERE,
  'intl.accept_languages': 'zh-CN, zh',
};

function scripts(config) {
  return `(() => { const config = ${JSON.stringify(config)};\n${config.tone ? SOURCE : ''}\n${MEASURE} })();`;
}

/** What both browsers' pages can do. `raw` is the driver's own page. */
class Page {
  constructor(kind, raw, end) {
    Object.assign(this, { kind, raw, end, said: [] });
    raw.on('console', (m) => this.said.push(`${m.type()}: ${m.text()}`));
    raw.on('pageerror', (e) => this.said.push(`pageerror: ${e?.message ?? e}`));
  }
  async goto(url) { await this.raw.goto(url, { waitUntil: 'load' }); }
  async reload() { await this.raw.reload(); }
  evaluate(fn, arg) { return this.raw.evaluate(fn, arg); }
  url() { return this.raw.url(); }
  async screenshot(path) {
    mkdirSync(dirname(path), { recursive: true });
    await this.raw.screenshot({ path });
  }
  resize(width, height) {
    return this.kind === 'chromium' ? this.raw.setViewportSize({ width, height }) : this.raw.setViewport({ width, height });
  }
  press(key) { return this.raw.keyboard.press(key); }
  type(text) { return this.raw.keyboard.type(text); }
  see(ms) { return this.evaluate((n) => window.__measure.see(n), ms); }
  hear(tones) { return this.evaluate((t) => window.__measure.hear(t), tones); }
  async clickAt(x, y) { await this.raw.mouse.click(x, y); }
  async close() { await this.end(); }
}

let chromiumBrowser, chromiumStrict, chromiumTrusting, firefoxBrowser, sound;

/* Without a sound device Firefox's AudioContext never starts, and its mock device runs 4 % slow: a PulseAudio of our own with a null sink. */
async function startSound() {
  const folder = mkdtempSync(join(tmpdir(), 'huitang-sound-'));
  const socket = join(folder, 'socket');
  const daemon = spawn('pulseaudio', ['-n', '--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1', '--disable-shm=yes', '--high-priority=no',
    '--realtime=no', '-L', 'module-null-sink rate=48000', '-L', `module-native-protocol-unix socket=${socket} auth-anonymous=1`],
  { env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder }, stdio: 'ignore' });
  await until('pulseaudio', () => existsSync(socket), { every: 50 });
  return { server: `unix:${socket}`, end() { daemon.kill(); rmSync(folder, { recursive: true, force: true }); } };
}

async function launchChromium(flags) {
  return chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: ['--headless=new', ...flags], chromiumSandbox: false });
}

/** A page in a Chromium context of its own. config: {tone, hue, beat, width, height, fps} for the page's camera and microphone;
 *  without a tone the browser's own fake devices; `refuse: true` has the browser refuse camera and microphone, `trusting: true` take
 *  any certificate, `relay: true` use nothing but TURN. */
export async function openChromium(config = {}) {
  let browser;
  if (config.refuse)
    browser = chromiumStrict ??= await launchChromium([...CHROMIUM_FLAGS.filter((f) => !f.startsWith('--use-fake-ui')), '--deny-permission-prompts']);
  else if (config.trusting)
    browser = chromiumTrusting ??= await launchChromium([...CHROMIUM_FLAGS, '--ignore-certificate-errors']);
  else
    browser = chromiumBrowser ??= await launchChromium(CHROMIUM_FLAGS);
  const context = await browser.newContext({
    locale: config.locale ?? 'zh-CN', viewport: config.viewport ?? { width: 1366, height: 768 }, reducedMotion: 'reduce', colorScheme: config.scheme ?? 'light',
    hasTouch: config.touch ?? false,
  });
  const page = await context.newPage();
  await page.addInitScript(scripts(config));
  return new Page('chromium', page, () => context.close());
}

/** As openChromium, in Firefox; each page has its own cookies. */
export async function openFirefox(config = {}) {
  sound ??= await startSound();
  firefoxBrowser ??= await puppeteer.launch({
    browser: 'firefox', executablePath: '/usr/bin/firefox-esr', headless: true, protocol: 'webDriverBiDi', extraPrefsFirefox: FIREFOX_PREFS,
    args: ['--no-remote'], protocolTimeout: 120000, env: { ...process.env, PULSE_SERVER: sound.server },
  });
  const context = await firefoxBrowser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 1366, height: 768 });
  await page.evaluateOnNewDocument(scripts(config));
  return new Page('firefox', page, () => context.close());
}

after(async () => {
  await Promise.allSettled([chromiumBrowser?.close(), chromiumStrict?.close(), chromiumTrusting?.close(), firefoxBrowser?.close()]);
  sound?.end();
});
