// A typed client of the control API of `signoff mock`, for browsers and Node. Copy it with control-api.d.ts,
// which `npm run types` generates from control.yaml.

import type { components, operations } from "./control-api";

type Schemas = components["schemas"];
export type Entry = Schemas["JournalEntry"];
export type Expectation = Schemas["Expectation"];
export type Items = Record<string, object[] | object>;
export type Rule = Schemas["Rule"];
export type Verification = Pick<Schemas["Verification"], "expectations"> & Partial<Schemas["Verification"]>;
export type Filters = Omit<NonNullable<operations["listJournal"]["parameters"]["query"]>, "session">;

export interface Options {
  /** The session; without one, the default session. */
  session?: string;
  /** The token of `--control-token`. */
  token?: string;
}

/** The mock as one session sees it. */
export class Signoff {
  readonly origin: string;
  readonly session: string;
  readonly #token: string;

  /** @param url any URL of the mock; only its origin counts. */
  constructor(url: string, { session = "", token = "" }: Options = {}) {
    this.origin = new URL(url).origin;
    this.session = session;
    this.#token = token;
  }

  /** The header fields that put a request of your app into the session. */
  get headers(): Record<string, string> {
    return this.session ? { "Signoff-Session": this.session } : {};
  }

  health(): Promise<Schemas["Health"]> {
    return this.#call("GET", "/health");
  }

  async routes(): Promise<Schemas["RouteList"]["routes"]> {
    return (await this.#call<Schemas["RouteList"]>("GET", "/routes")).routes;
  }

  /** The requests of the session, oldest first. */
  async journal(filters: Filters = {}): Promise<Entry[]> {
    return (await this.#call<Schemas["Journal"]>("GET", `/journal${query(filters)}`)).entries;
  }

  clearJournal(): Promise<void> {
    return this.#call("DELETE", "/journal");
  }

  /** Compare the requests with expectations; throws an error that lists what is wrong. */
  async verify(verification: Verification): Promise<void> {
    const result = await this.#call<Schemas["VerificationResult"]>("POST", "/journal/verify", verification);
    if (!result.passed) throw new Error(result.failures.map(({ message }) => message).join("\n"));
  }

  /** Expect requests to one operation: `called("createOrder", { times: 2 })`. */
  called(operation: string, expected: Omit<Expectation, "operation"> = {}): Promise<void> {
    return this.verify({ expectations: [{ ...expected, operation }], valid: false, exhaustive: false });
  }

  scenario(): Promise<Schemas["ScenarioState"]> {
    return this.#call("GET", "/scenario");
  }

  /** Switch to a scenario of the rule file; an empty name is none. */
  use(scenario: string): Promise<Schemas["ScenarioState"]> {
    return this.#call("PUT", "/scenario", { scenario });
  }

  async rules(): Promise<Schemas["RuleList"]["rules"]> {
    return (await this.#call<Schemas["RuleList"]>("GET", "/rules")).rules;
  }

  /** Add a one-off rule, or replace the one with this id. */
  rule(id: string, rule: Rule): Promise<Rule> {
    return this.#call("PUT", `/rules/${encodeURIComponent(id)}`, rule);
  }

  removeRule(id: string): Promise<void> {
    return this.#call("DELETE", `/rules/${encodeURIComponent(id)}`);
  }

  /** The items by resource, generated ones included. */
  async state(): Promise<Items> {
    return (await this.#call<{ resources: Items }>("GET", "/state")).resources;
  }

  /** Give resources exactly these items. */
  async setState(resources: Items): Promise<void> {
    await this.#call("PUT", "/state", { resources });
  }

  /** Reset everything of the session, or some parts. */
  reset(parts?: Schemas["Reset"]["parts"]): Promise<void> {
    return this.#call("POST", "/reset", parts ? { parts } : {});
  }

  /** Send a webhook of the document; its id is in the `notes` of the journal. */
  async fireWebhook(name: string, request: Schemas["WebhookRequest"]): Promise<string> {
    const path = `/webhooks/${encodeURIComponent(name)}`;
    return (await this.#call<Schemas["WebhookDelivery"]>("POST", path, request)).id;
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { ...this.headers };
    if (this.#token) headers["Authorization"] = `Bearer ${this.#token}`;
    const init: RequestInit = { method, headers };
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    const response = await fetch(`${this.origin}/__signoff${path}`, init).catch((cause: unknown) => {
      throw new Error(`No mock at ${this.origin}. Start it with \`signoff mock\`.`, { cause });
    });
    const text = await response.text();
    const found = text ? JSON.parse(text) : undefined;
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${described(found)}`);
    return found as T;
  }
}

/** Problem Details in one sentence, with each of their errors. */
function described(problem?: { detail?: string; errors?: { pointer?: string; parameter?: string; detail: string }[] }): string {
  const errors = problem?.errors ?? [];
  return [problem?.detail ?? "", ...errors.map((each) => `${each.pointer ?? each.parameter ?? ""} ${each.detail}`.trim())].join(" · ");
}

function query(filters: Record<string, unknown>): string {
  const pairs = Object.entries(filters).filter(([, value]) => value !== undefined);
  return pairs.length ? `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}` : "";
}
