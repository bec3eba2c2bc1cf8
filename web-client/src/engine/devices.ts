// Cameras, microphones and screens: asking for them, naming them, and saying plainly why one is not to be had.
export type MediaKind = "mic" | "camera" | "screen";
export type MediaTrouble = "no_device" | "denied" | "busy" | "insecure" | "cancelled" | "failed";

export class MediaError extends Error {
  constructor(readonly kind: MediaKind, readonly trouble: MediaTrouble) {
    super(`${kind}: ${trouble}`);
  }
}

export interface Device {
  readonly id: string;
  readonly label: string;
}

export interface Devices {
  readonly cameras: readonly Device[];
  readonly mics: readonly Device[];
  readonly speakers: readonly Device[];
}

export const NO_DEVICES: Devices = { cameras: [], mics: [], speakers: [] };

/** What a refused getUserMedia or getDisplayMedia means, from the names that browsers use. */
export function troubleOf(error: unknown): MediaTrouble {
  const name = typeof error === "object" && error !== null && "name" in error ? String(error.name) : "";
  switch (name) {
    case "NotFoundError":
    case "DevicesNotFoundError":
    case "OverconstrainedError":
      return "no_device";
    case "NotAllowedError":
    case "PermissionDeniedError":
      return "denied";
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return "busy";
    case "SecurityError":
      return "insecure";
    default:
      return "failed";
  }
}

function mediaDevices(kind: MediaKind): MediaDevices {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new MediaError(kind, "insecure"); // plain HTTP to another machine
  return devices;
}

function wanted(id: string | undefined): MediaTrackConstraints {
  return id === undefined ? {} : { deviceId: { exact: id } };
}

async function openTrack(kind: MediaKind, constraints: MediaStreamConstraints): Promise<MediaStreamTrack> {
  try {
    const stream = await mediaDevices(kind).getUserMedia(constraints);
    const track = stream.getTracks()[0];
    if (!track) throw new MediaError(kind, "no_device");
    return track;
  } catch (error) {
    throw error instanceof MediaError ? error : new MediaError(kind, troubleOf(error));
  }
}

/** Tries the wanted device, then any other: a chosen webcam may have been unplugged since. */
async function openEither(kind: MediaKind, id: string | undefined, make: (id?: string) => MediaStreamConstraints): Promise<MediaStreamTrack> {
  if (id === undefined) return openTrack(kind, make());
  try {
    return await openTrack(kind, make(id));
  } catch (error) {
    if (error instanceof MediaError && error.trouble === "no_device") return openTrack(kind, make());
    throw error;
  }
}

export function openMic(id?: string): Promise<MediaStreamTrack> {
  const processing = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  return openEither("mic", id, (found) => ({ audio: { ...wanted(found), ...processing } }));
}

export async function openCamera(id?: string): Promise<MediaStreamTrack> {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
  const track = await openEither("camera", id, (found) => ({ video: { ...wanted(found), ...size } }));
  track.contentHint = "motion";
  return track;
}

/** The picture of a screen or window and, where the browser gives it, its sound. */
export async function openScreen(): Promise<{ screen: MediaStreamTrack; screen_audio?: MediaStreamTrack }> {
  let stream: MediaStream;
  try {
    stream = await mediaDevices("screen").getDisplayMedia({ video: { frameRate: { ideal: 15, max: 15 } }, audio: true });
  } catch (error) {
    const trouble = troubleOf(error);
    throw new MediaError("screen", trouble === "denied" ? "cancelled" : trouble);
  }
  const screen = stream.getVideoTracks()[0];
  if (!screen) throw new MediaError("screen", "failed");
  screen.contentHint = "detail";
  const sound = stream.getAudioTracks()[0];
  return sound ? { screen, screen_audio: sound } : { screen };
}

export function canShareScreen(): boolean {
  return typeof (navigator.mediaDevices as MediaDevices | undefined)?.getDisplayMedia === "function";
}

function named(list: readonly MediaDeviceInfo[], kind: MediaDeviceKind): readonly Device[] {
  return list.filter((d) => d.kind === kind && d.deviceId !== "").map((d) => ({ id: d.deviceId, label: d.label }));
}

/** Names are empty until the user has allowed a device of that kind. */
export async function listDevices(): Promise<Devices> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) return NO_DEVICES;
  const list = await devices.enumerateDevices();
  return { cameras: named(list, "videoinput"), mics: named(list, "audioinput"), speakers: named(list, "audiooutput") };
}

export type BrowserName = "chromium" | "firefox" | "safari";

/** Only to draw the right picture of where to click. */
export function browserName(agent = navigator.userAgent): BrowserName {
  if (/firefox/i.test(agent)) return "firefox";
  return /safari/i.test(agent) && !/chrom|crios|edg/i.test(agent) ? "safari" : "chromium";
}
