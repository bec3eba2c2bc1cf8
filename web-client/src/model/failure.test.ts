import assert from "node:assert/strict";
import { test } from "node:test";
import { MediaError, troubleOf } from "../engine/devices";
import { ERROR_CODES } from "../protocol/messages";
import { RequestError } from "../protocol/socket";
import { failure, failureOf, signInFailureOf } from "./failure";

test("each error of the protocol becomes words with a support code", () => {
  for (const code of ERROR_CODES) assert.match(failureOf(new RequestError(code)).code, /^[A-Z]-\d\d$/);
});

test("what a person can act on is told apart", () => {
  assert.equal(failureOf(new RequestError("room_full")).kind, "room_full");
  assert.equal(failureOf(new RequestError("room_locked")).kind, "room_locked");
  assert.equal(failureOf(new MediaError("camera", "denied")).kind, "camera_denied");
  assert.equal(failureOf(new MediaError("mic", "busy")).kind, "mic_busy");
  assert.equal(failureOf("nonsense").kind, "internal");
  assert.notEqual(failure("camera_denied").code, failure("mic_denied").code);
});

test("browsers' names for a refused device", () => {
  assert.equal(troubleOf({ name: "NotAllowedError" }), "denied");
  assert.equal(troubleOf({ name: "NotFoundError" }), "no_device");
  assert.equal(troubleOf({ name: "NotReadableError" }), "busy");
  assert.equal(troubleOf(undefined), "failed");
});

test("what the server says in the address of the sign-in page has words", () => {
  assert.equal(signInFailureOf("?sign_in=provider_down")?.kind, "provider_down");
  assert.equal(signInFailureOf("?sign_in=<b>")?.kind, "internal");
  assert.equal(signInFailureOf("?sign_in=no_camera")?.kind, "internal");
  assert.equal(signInFailureOf("?t=1"), undefined);
});
