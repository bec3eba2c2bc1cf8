/*
 * Runs in a page: eyes and ears of the tests. They look at decoded pixels and at sound that elements play, never at counters.
 */
(() => {
  if (window.__measure)
    return;

  const SIZE = { width: 96, height: 54 };
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));

  /* A browser on a starved machine may never answer: told, not waited for. */
  const within = (ms, promise, what) => Promise.race([promise, wait(ms).then(() => { throw new Error(`${what}: not within ${ms} ms`); })]);

  function pixels(video) {
    const canvas = video.__canvas ??= Object.assign(document.createElement('canvas'), SIZE);
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    pen.drawImage(video, 0, 0, SIZE.width, SIZE.height);
    return pen.getImageData(0, 0, SIZE.width, SIZE.height).data;
  }

  /* Mean colour of a column of the picture, given as parts of its width. */
  function mean(data, from, to) {
    const sum = [0, 0, 0];
    let n = 0;
    for (let y = 10; y < SIZE.height - 10; y++)
      for (let x = Math.ceil(from * SIZE.width); x < to * SIZE.width; x++, n++)
        for (let c = 0; c < 3; c++)
          sum[c] += data[4 * (y * SIZE.width + x) + c];
    return sum.map((s) => s / n);
  }

  function hueOf([r, g, b]) {
    const max = Math.max(r, g, b), min = Math.min(r, g, b), d = max - min;
    if (max < 30 || d < 30)
      return -1;                        /* black or grey: no picture of a seat */
    const h = max === r ? (g - b) / d : max === g ? 2 + (b - r) / d : 4 + (r - g) / d;
    return (h * 60 + 360) % 360;
  }

  const luma = ([r, g, b]) => 0.3 * r + 0.59 * g + 0.11 * b;

  function look(video) {
    const data = pixels(video);
    return { hue: hueOf(mean(data, 0.05, 0.28)), flash: luma(mean(data, 0.72, 0.95)) };
  }

  /* The page's videos that have a picture: whose (hue), how large, and which part of the pixels changed within ms. */
  async function see(ms = 300) {
    const videos = [...document.querySelectorAll('video')].filter((v) => v.videoWidth > 0 && v.srcObject && v.checkVisibility());
    const before = videos.map((v) => pixels(v).slice());
    await wait(ms);
    return videos.map((v, i) => {
      const after = pixels(v);
      let changed = 0;
      for (let p = 0; p < after.length; p += 4)
        changed += Math.abs(after[p] - before[i][p]) > 24;
      return { hue: hueOf(mean(after, 0.05, 0.28)), changed: changed / (after.length / 4), width: v.videoWidth, height: v.videoHeight };
    });
  }

  const shownVideo = (tile) => {
    const video = tile.querySelector('video');
    return video && video.videoWidth > 0 && video.checkVisibility() && !tile.querySelector('.tile-blank') ? video : null;
  };

  /* The room's tiles that show a picture: whose name stands there, and what the picture is. */
  async function tiles(ms = 300) {
    const shown = [...document.querySelectorAll('article.tile')].filter(shownVideo);
    const before = shown.map((t) => pixels(shownVideo(t)).slice());
    await wait(ms);
    return shown.filter(shownVideo).map((t, i) => {
      const video = shownVideo(t), after = pixels(video);
      let changed = 0;
      for (let p = 0; p < after.length; p += 4)
        changed += Math.abs(after[p] - before[i][p]) > 24;
      return { seat: t.dataset.seat, name: t.dataset.name, source: t.dataset.source, hue: hueOf(mean(after, 0.05, 0.28)),
        changed: changed / (after.length / 4), width: video.videoWidth, height: video.videoHeight };
    });
  }

  /* Watches all tiles: for how long (ms, the longest) a seat's picture stood under another name. hues: {seat id: hue}. */
  function watchNames(hues) {
    const since = new Map();
    let worst = 0, samples = 0, going = true;
    const onTick = () => {
      if (!going)
        return;
      const now = performance.now();
      for (const tile of document.querySelectorAll('article.tile[data-source=camera]')) {
        const video = shownVideo(tile), expected = hues[tile.dataset.seat];
        if (!video || expected === undefined || !tile.querySelector('.tile-host'))
          continue;
        const { hue } = look(video);
        samples++;
        const wrong = hue >= 0 && Math.abs(((hue - expected + 540) % 360) - 180) > 40;
        if (!wrong)
          since.delete(tile);
        else
          since.set(tile, since.get(tile) ?? now);
        if (wrong)
          worst = Math.max(worst, now - since.get(tile));
      }
      requestAnimationFrame(onTick);
    };
    requestAnimationFrame(onTick);
    return { end() { going = false; return { worst, samples }; } };
  }

  let context;
  const ears = new Map();                 /* track -> analyser; its id is no key: after a restart another track has the same */

  async function running() {
    context ??= new AudioContext({ sampleRate: 48000 });
    if (context.state !== 'running')
      await within(10000, context.resume(), 'AudioContext.resume()');
    return context;
  }

  /* What elements of the page play: unmuted, not paused. */
  function playing() {
    return [...document.querySelectorAll('audio, video')]
      .filter((e) => !e.muted && !e.paused && e.volume > 0 && e.srcObject)
      .flatMap((e) => e.srcObject.getAudioTracks())
      .filter((t) => t.readyState === 'live' && t.enabled);
  }

  function amplitude(samples, frequency, rate) {
    const w = 2 * Math.PI * frequency / rate, k = 2 * Math.cos(w);
    let a = 0, b = 0;
    for (let i = 0; i < samples.length; i++) {
      const hann = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / samples.length);
      [a, b] = [samples[i] * hann + k * a - b, a];
    }
    return 4 * Math.sqrt(Math.max(0, a * a + b * b - k * a * b)) / samples.length;
  }

  /* Amplitude of each frequency in the sum of all that is played, over the last 170 ms. */
  async function hear(frequencies) {
    const c = await running();
    for (const track of playing())
      if (!ears.has(track)) {
        const analyser = c.createAnalyser();
        analyser.fftSize = 8192;
        const from = c.createMediaStreamSource(new MediaStream([track]));
        from.connect(analyser);
        ears.set(track, { analyser, from });
      }
    await wait(250);
    const live = new Set(playing());
    const heard = Object.fromEntries(frequencies.map((f) => [f, 0]));
    const samples = new Float32Array(8192);
    for (const [track, ear] of ears) {
      if (!live.has(track))
        continue;
      ear.analyser.getFloatTimeDomainData(samples);
      for (const f of frequencies)
        heard[f] = Math.max(heard[f], amplitude(samples, f, c.sampleRate));
    }
    return heard;
  }

  /*
   * How long the output device keeps what was rendered. Firefox is not asked: it asks its sound process with the graph's lock in hand, and
   * the page hangs for good when that process waits for the graph just then. It keeps 40 ms in a null sink (instruments.test.mjs proves it).
   */
  const deviceMs = (c) => (navigator.userAgent.includes('Firefox') ? 40 : (c.outputLatency || 0) * 1000);

  /*
   * Watches one video element and the sound played, and keeps the times (performance.now) of flashes, of beeps, of frames,
   * and of changes of hue. Beeps are told apart by their tone, flashes carry the hue they were seen with. A beep's time is
   * when its samples were rendered plus what the output device still keeps them.
   */
  async function watch(video, tones) {
    const c = await running();
    await within(10000, window.__onset ??= c.audioWorklet.addModule('/onset.js'), 'the worklet');
    const seen = { flashes: [], beeps: Object.fromEntries(tones.map((t) => [t, []])), frames: [], hues: [] };
    const sources = new Map(), ticks = [];
    let going = true, lit = false, hue = null;

    const filters = tones.map((tone) => {
      const filter = new BiquadFilterNode(c, { type: 'bandpass', frequency: tone, Q: 8 });
      const node = new AudioWorkletNode(c, 'onset', { numberOfOutputs: 0 });
      node.port.onmessage = ({ data }) => {
        /* Messages are late, never early: the smallest distance of the last seconds is the two clocks' own. */
        ticks.push(performance.now() - data.now * 1000);
        if (ticks.length > 200)
          ticks.shift();
        if (data.onset !== null)
          seen.beeps[tone].push(data.onset * 1000 + Math.min(...ticks) + deviceMs(c));
      };
      filter.connect(node);
      return filter;
    });
    const listen = () => {
      for (const track of playing()) {
        if (sources.has(track))
          continue;
        const from = c.createMediaStreamSource(new MediaStream([track]));
        filters.forEach((filter) => from.connect(filter));
        sources.set(track, from);
      }
    };
    listen();
    const timer = setInterval(listen, 300);

    const onFrame = (now, meta) => {
      if (!going)
        return;
      const view = look(video);
      const shown = meta.expectedDisplayTime ?? now;
      seen.frames.push(now);
      if (view.flash > 128 !== lit) {
        lit = !lit;
        if (lit)
          seen.flashes.push({ at: shown, hue: view.hue });
      }
      if (view.hue >= 0 && (hue === null || Math.abs(((view.hue - hue + 540) % 360) - 180) > 25)) {
        hue = view.hue;
        seen.hues.push({ at: now, hue });
      }
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
    return {
      seen,
      end() {
        going = false;
        clearInterval(timer);
        for (const from of sources.values())
          from.disconnect();
        return seen;
      },
    };
  }

  window.__measure = { see, tiles, watchNames, hear, watch, look, wait };
})();
