import { describe, expect, it } from "vitest";
import { ApiError, errorsByField, parseRetryAfter, toApiError } from "./errors";

function answer(status: number, body: string, headers: Record<string, string> = {}) {
  return new Response(body, { status, headers });
}

describe("toApiError", () => {
  it("keeps what the server said, field by field", async () => {
    const error = await toApiError(
      answer(
        422,
        JSON.stringify({
          detail: "Some parameters are wrong",
          errors: [{ field: "parameters.weeks_ahead", message: "Must be at most 10" }],
          request_id: "r-1",
        }),
      ),
    );
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, message: "Some parameters are wrong", requestId: "r-1", retryAfter: null });
    expect(error.errors).toEqual([{ field: "parameters.weeks_ahead", message: "Must be at most 10" }]);
  });

  it("takes the wait from the header of a 429", async () => {
    const error = await toApiError(answer(429, '{"detail":"Too many tries"}', { "Retry-After": "17" }));
    expect(error.retryAfter).toBe(17);
  });

  it("has words of its own for a proxy's HTML page", async () => {
    const error = await toApiError(answer(502, "<html>Bad gateway</html>", { "X-Request-ID": "abc" }));
    expect(error.message).toBe("The console does not answer.");
    expect(error.requestId).toBe("abc");
    expect(error.errors).toEqual([]);
  });

  it.each(['{"detail": 7}', '{"detail": ""}', "[]", "null", '"text"'])("does not trust the shape of %s", async (body) => {
    const error = await toApiError(answer(500, body));
    expect(error.message).toBe("The console answered with status 500.");
  });

  it("drops malformed field errors", async () => {
    const error = await toApiError(answer(422, '{"detail":"x","errors":[{"field":1},null,{"field":"a","message":"b"}]}'));
    expect(error.errors).toEqual([{ field: "a", message: "b" }]);
  });
});

describe("parseRetryAfter", () => {
  it.each([
    ["5", 5],
    ["0", 0],
    ["1.2", 2],
    ["-3", 0],
    ["soon", null],
    ["", null],
    [null, null],
  ])("reads %j as %j", (header, seconds) => {
    expect(parseRetryAfter(header)).toBe(seconds);
  });

  it("reads a date", () => {
    expect(parseRetryAfter("Sat, 21 Nov 2026 10:00:30 GMT", Date.parse("2026-11-21T10:00:00Z"))).toBe(30);
  });
});

describe("errorsByField", () => {
  it("strips the prefix of parameters and keeps other names", () => {
    expect(
      errorsByField([
        { field: "parameters.a", message: "must be set" },
        { field: "parameters.a", message: "second" },
        { field: "confirm", message: "Type it" },
      ]),
    ).toEqual({ a: "Must be set", confirm: "Type it" });
  });
});
