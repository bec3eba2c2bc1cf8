// A path in memory: enough of RTCPeerConnection for what is decided around it.
function transceivers(path: FakePath) {
  return ["0", "1", "2", "3"].map((mid) => ({
    mid, direction: "recvonly",
    sender: {
      get track() { return path.sent.get(mid) ?? null; },
      replaceTrack: async (track: unknown) => void path.sent.set(mid, track), getParameters: () => path.parametersOf(mid),
      setParameters: async ({ encodings }: { readonly encodings: readonly Readonly<Record<string, unknown>>[] }) => {
        if (encodings.some((e) => path.unknown_field && path.unknown_field in e)) throw new Error(`unknown ${path.unknown_field}`);
        path.encodings.set(mid, encodings);
      },
    },
  }));
}

export class FakePath {
  static readonly all: FakePath[] = [];
  connectionState = "new";
  iceConnectionState = "new";
  localDescription: { sdp: string } | null = null;
  onconnectionstatechange: (() => void) | null = null;
  oniceconnectionstatechange: (() => void) | null = null;
  offers: string[] = [];
  closed = false;
  readonly sent = new Map<string, unknown>();
  readonly encodings = new Map<string, readonly Readonly<Record<string, unknown>>[]>();
  /** Simulcast layers by mid, as the offer's rids would make them; else one. */
  readonly layers = new Map<string, number>();
  /** What cameras can be coded in, as MIME types. */
  codecs: readonly string[] = ["video/VP8"];
  /** A field that is left out without a word. */
  ignored_field: string | undefined;

  parametersOf(mid: string): { encodings: Record<string, unknown>[]; codecs: { mimeType: string }[] } {
    const kept = this.encodings.get(mid) ?? Array.from({ length: this.layers.get(mid) ?? 1 }, () => ({}));
    const encodings = kept.map((e) => Object.fromEntries(Object.entries(e).filter(([field]) => field !== this.ignored_field)));
    return { encodings, codecs: this.codecs.map((mimeType) => ({ mimeType })) };
  }

  /** Parameters that are refused: a field's name. */
  unknown_field: string | undefined;
  private readonly transceivers = transceivers(this);

  readonly configurations: RTCConfiguration[] = [];

  constructor(configuration: RTCConfiguration) {
    this.configurations.push(configuration);
    FakePath.all.push(this);
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configurations.push(configuration);
  }

  /** Offers are not taken while it is set. */
  static refuses = false;

  async setRemoteDescription({ sdp }: { readonly sdp: string }): Promise<void> {
    this.offers.push(sdp);
    if (FakePath.refuses) throw new Error("not taken");
  }

  getTransceivers(): unknown {
    return this.transceivers;
  }

  get directions(): readonly string[] {
    return this.transceivers.map((t) => t.direction);
  }

  limits(mid: string): Readonly<Record<string, unknown>> | undefined {
    return this.encodings.get(mid)?.[0];
  }

  async createAnswer(): Promise<{ sdp: string }> {
    return { sdp: `answer ${this.offers.length}` };
  }

  async setLocalDescription(description: { sdp: string }): Promise<void> {
    this.localDescription = description;
  }

  async getStats(): Promise<Map<string, unknown>> {
    return new Map();
  }

  become(state: string): void {
    this.connectionState = this.iceConnectionState = state;
    this.onconnectionstatechange?.();
  }

  close(): void {
    this.closed = true;
  }
}
