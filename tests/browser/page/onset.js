/* Posts the context's time of each onset (loud after 0.3 s of quiet), and a tick every 20 ms or so. Served by the server under test,
 * since the pages' security policy takes scripts from there alone. */
registerProcessor('onset', class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.quiet = sampleRate;
    this.blocks = 0;
  }

  process([input]) {
    const samples = input[0] ?? [];
    let onset = null;
    for (let i = 0; i < samples.length; i++) {
      const loud = Math.abs(samples[i]) > 0.15;
      if (loud && this.quiet > sampleRate * 0.3)
        onset = currentTime + i / sampleRate;
      this.quiet = loud ? 0 : this.quiet + 1;
    }
    if (onset !== null || this.blocks++ % 8 === 0)
      this.port.postMessage({ onset, now: currentTime });
    return true;
  }
});
