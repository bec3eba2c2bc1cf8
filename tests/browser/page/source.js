/*
 * Runs in a page before its own scripts, with `config` in scope. Replaces camera and microphone by ones whose content the
 * tests know, so that a receiver can tell by pixels and sound whose picture and whose voice arrived, and when:
 *
 *   ┌──────────┬──────────┬──────────┐   hue: the seat's own colour. bar: moves with every frame.
 *   │   hue    │   bar    │  flash   │   flash: black, white for 100 ms once a second, with a beep at the same moment.
 *   └──────────┴──────────┴──────────┘   Between beeps the tone goes on softly (config.beat) or loudly (else).
 */
(() => {
  const devices = navigator.mediaDevices;
  if (!devices || window.__source)
    return;
  const source = window.__source = { config, tracks: [], pcs: [], microphones: [] };

  let context;
  const clock = () => context ??= new AudioContext({ latencyHint: 'interactive', sampleRate: 48000 });

  function camera(width, height) {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext('2d', { alpha: false });
    const third = Math.floor(width / 3);
    let frames = 0, flashing = false;
    const draw = () => {
      pen.fillStyle = `hsl(${config.hue} 90% 45%)`;
      pen.fillRect(0, 0, third, height);
      pen.fillStyle = '#303030';
      pen.fillRect(third, 0, third, height);
      pen.fillStyle = '#e0e0e0';
      pen.fillRect(third, (frames * 7) % (height - 40), third, 40);
      pen.fillStyle = flashing ? '#ffffff' : '#000000';
      pen.fillRect(2 * third, 0, width - 2 * third, height);
      frames++;
    };
    let last = 0;
    const tick = () => {
      const t = clock().currentTime;
      const lit = config.beat && t >= 1 && t % 1 < 0.1;
      const now = performance.now();
      if (lit === flashing && now - last < 1000 / (config.fps ?? 25))
        return;
      flashing = lit;
      last = now;
      draw();
    };
    draw();
    const track = canvas.captureStream().getVideoTracks()[0];
    const timer = setInterval(tick, 5);
    const stop = track.stop.bind(track);
    track.stop = () => { clearInterval(timer); stop(); };
    const settings = track.getSettings.bind(track);
    track.getSettings = () => ({ ...settings(), width, height, frameRate: 25, deviceId: 'test-camera', groupId: 'test' });
    track.applyConstraints = async () => {};
    return track;
  }

  function microphone() {
    const c = clock();
    c.resume();
    const tone = c.createOscillator();
    const loudness = c.createGain();
    const out = c.createMediaStreamDestination();
    tone.frequency.value = config.tone;
    loudness.gain.value = config.beat ? 0.03 : 0.4;
    if (config.beat) {
      let next = Math.ceil(c.currentTime + 0.5);
      setInterval(() => {
        for (; next < c.currentTime + 2; next++) {
          loudness.gain.setValueAtTime(0.6, next);
          loudness.gain.setValueAtTime(0.03, next + 0.1);
        }
      }, 200);
    }
    tone.connect(loudness).connect(out);
    tone.start();
    const track = out.stream.getAudioTracks()[0];
    const settings = track.getSettings.bind(track);
    track.getSettings = () => ({ ...settings(), deviceId: 'test-microphone', groupId: 'test' });
    track.applyConstraints = async () => {};
    source.microphones.push(track);
    return track;
  }

  const wanted = (value, fallback) => typeof value === 'number' ? value : value?.exact ?? value?.ideal ?? value?.max ?? fallback;
  devices.getUserMedia = async (constraints) => {
    const tracks = [];
    if (config.refuse)
      throw new DOMException('Permission denied', 'NotAllowedError');
    if (constraints?.audio)
      tracks.push(microphone());
    if (constraints?.video)
      tracks.push(camera(config.width ?? wanted(constraints.video.width, 1280), config.height ?? wanted(constraints.video.height, 720)));
    source.tracks.push(...tracks);
    return new MediaStream(tracks);
  };
  devices.enumerateDevices = async () => [
    { kind: 'audioinput', deviceId: 'test-microphone', groupId: 'test', label: 'Test microphone', toJSON() { return { ...this }; } },
    { kind: 'videoinput', deviceId: 'test-camera', groupId: 'test', label: 'Test camera', toJSON() { return { ...this }; } },
  ];

  /* A page whose only way is the relay (config.relay). */
  const only = (configuration) => (config.relay ? { ...configuration, iceTransportPolicy: 'relay' } : configuration);
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration) {
      super(only(configuration));
      source.pcs.push(this);
    }
    setConfiguration(configuration) {
      super.setConfiguration(only(configuration));
    }
  };
  const Socket = window.WebSocket;
  source.sockets = [];
  window.WebSocket = class extends Socket {
    constructor(...args) {
      super(...args);
      source.sockets.push(this);
    }
    /* While a test says what is watched, the client's own wishes are kept for later. */
    send(text) {
      if (/"type":"watch"/.test(text)) {
        const request = JSON.parse(text);
        if (request.id < FOREIGN)
          wished = request;
        if (watch)
          text = JSON.stringify({ ...request, items: watch });
      }
      super.send(text);
    }
  };
  const FOREIGN = 1e6;                                  /* ids of requests that are not the client's */
  let watch, wished, requests = FOREIGN;
  const ask = (request) => source.sockets.findLast((k) => k.readyState === 1).send(JSON.stringify({ ...request, id: requests++ }));
  /** What is watched until watchOwn(), whatever the client asks for. */
  source.watchOnly = (items) => {
    watch = items;
    ask({ type: 'watch', items });
  };
  /** What the client last asked for is watched again. */
  source.watchOwn = () => {
    watch = undefined;
    ask(wished);
  };
})();
