// Sending a file and seeing how far it has come, which fetch() does not tell.
import type { Upload } from "./rest";

export const upload: Upload = (path, file, headers, onProgress) => new Promise((done, failed) => {
  const request = new XMLHttpRequest();
  request.open("POST", path);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.upload.onprogress = (event) => {
    if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
  };
  request.onload = () => done(new Response(request.status === 204 ? null : request.responseText, { status: request.status, headers: { etag: request.getResponseHeader("etag") ?? "" } }));
  request.onerror = request.onabort = request.ontimeout = () => failed(new TypeError("not sent"));
  request.send(file);
});
