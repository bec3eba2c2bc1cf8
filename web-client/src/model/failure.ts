// Everything that can go wrong for a person, each with a short code for support. The words are in i18n.
import { MediaError } from "../engine/devices";
import type { MediaTrouble } from "../engine/devices";
import { Unreachable } from "../protocol/http";
import { RequestError } from "../protocol/socket";
import type { FailCode } from "../protocol/socket";

export type FailureKind =
  | "no_camera" | "no_mic" | "camera_denied" | "mic_denied" | "camera_busy" | "mic_busy" | "screen_failed" | "insecure"
  | "media_blocked" | "room_full" | "room_locked" | "room_ended" | "removed" | "ended" | "taken_over" | "server_closing" | "link_lost"
  | "not_recorded" | "not_found" | "not_signed_in" | "token_invalid" | "wrong_password" | "forbidden" | "blocked_by_host" | "rate_limited"
  | "overloaded" | "unreachable" | "internal" | ProviderFailure;

/** What ends a way by the provider of sign-ins. */
export type ProviderFailure = "provider_denied" | "provider_expired" | "provider_down" | "provider_wrong" | "provider_unknown";

export interface Failure {
  readonly kind: FailureKind;
  readonly code: string;
}

const CODES: Readonly<Record<FailureKind, string>> = {
  no_camera: "D-11", no_mic: "D-12", camera_denied: "D-21", mic_denied: "D-22", camera_busy: "D-31", mic_busy: "D-32", screen_failed: "D-41", insecure: "D-51",
  media_blocked: "N-11", link_lost: "N-21", unreachable: "N-31",
  room_full: "R-11", room_locked: "R-12", room_ended: "R-13", removed: "R-14", ended: "R-15", taken_over: "R-16", not_found: "R-17",
  forbidden: "R-21", blocked_by_host: "R-22", not_signed_in: "A-11", token_invalid: "A-12", wrong_password: "A-13",
  provider_denied: "A-21", provider_expired: "A-22", provider_down: "A-23", provider_wrong: "A-24", provider_unknown: "A-25",
  server_closing: "S-11", not_recorded: "S-21", rate_limited: "S-31", overloaded: "S-32", internal: "S-99",
};

export function failure(kind: FailureKind): Failure {
  return { kind, code: CODES[kind] };
}

const OF_SIGN_IN: readonly FailureKind[] = [
  "provider_denied", "provider_expired", "provider_down", "provider_wrong", "provider_unknown", "rate_limited", "overloaded", "not_recorded",
];

/** What the server said in the address of the page of sign-in; undefined: nothing. */
export function signInFailureOf(search: string): Failure | undefined {
  const said = new URLSearchParams(search).get("sign_in");
  if (said === null) return undefined;
  return failure(OF_SIGN_IN.find((kind) => kind === said) ?? "internal");
}

const OF_REQUEST: Readonly<Partial<Record<FailCode, FailureKind>>> = {
  room_full: "room_full", room_locked: "room_locked", room_ended: "room_ended", removed: "removed", not_recorded: "not_recorded",
  not_found: "not_found", not_signed_in: "not_signed_in", token_invalid: "token_invalid", forbidden: "forbidden",
  blocked_by_host: "blocked_by_host", rate_limited: "rate_limited", overloaded: "overloaded", lost: "link_lost", bad_sdp: "media_blocked",
};

const OF_CAMERA: Readonly<Record<MediaTrouble, FailureKind>> = {
  no_device: "no_camera", denied: "camera_denied", busy: "camera_busy", insecure: "insecure", cancelled: "camera_denied", failed: "camera_busy",
};

const OF_MIC: Readonly<Record<MediaTrouble, FailureKind>> = {
  no_device: "no_mic", denied: "mic_denied", busy: "mic_busy", insecure: "insecure", cancelled: "mic_denied", failed: "mic_busy",
};

function ofMedia(error: MediaError): FailureKind {
  if (error.kind === "screen") return error.trouble === "insecure" ? "insecure" : "screen_failed";
  return (error.kind === "camera" ? OF_CAMERA : OF_MIC)[error.trouble];
}

/** Any thrown value as something that can be told to a person. */
export function failureOf(error: unknown): Failure {
  if (error instanceof MediaError) return failure(ofMedia(error));
  if (error instanceof Unreachable) return failure("unreachable");
  if (error instanceof RequestError) return failure(OF_REQUEST[error.code] ?? "internal");
  return failure("internal");
}
