// Calls of the API with the browser's session. A refusal is an ApiError with the server's words.
export class ApiError extends Error {
  constructor(status, code, message, details) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details || {};
  }
}

const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"];

export class Api {
  constructor(urls, words) {
    this.urls = urls;
    this.words = words;
  }

  at(name, id) {
    return this.urls[name]?.replace("/0/", `/${id}/`);
  }

  async send(method, url, { body, version, signal } = {}) {
    const headers = { Accept: "application/json" };
    if (method !== "GET") headers["X-CSRFToken"] = token();
    if (body) headers["Content-Type"] = "application/json";
    if (version !== undefined) headers["If-Match"] = `"${version}"`;
    let answer;
    try {
      answer = await fetch(url, {
        method,
        headers,
        signal,
        credentials: "same-origin",
        body: body && JSON.stringify(body),
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new ApiError(0, "lost", this.words.say("lost"));
    }
    const isJson = (answer.headers.get("Content-Type") || "").includes("json");
    const data = isJson ? await answer.json() : {};
    if (!answer.ok) {
      const error = data.error || {};
      const message = error.message || this.words.say("failed");
      throw new ApiError(answer.status, error.code, message, error.details);
    }
    const change = answer.headers.get("Plan-Change");
    return { ...data, change: data.change ?? (change ? Number(change) : null) };
  }

  board(query, signal) {
    return this.send("GET", `${this.urls.board}?${new URLSearchParams(query)}`, { signal });
  }

  people(search) {
    const query = new URLSearchParams({ search, limit: 12 });
    return this.send("GET", `${this.urls.people}?${query}`);
  }
}
