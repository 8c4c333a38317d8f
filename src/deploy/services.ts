/**
 * The servers that push needs, by name, address and the command that starts one. A server that is away is not an error of ours:
 * `ServiceUnavailable` says which one it is, where it should be and how to start it, or why it refuses the client.
 */

/** The kinds of servers. */
export type ServiceName = "redis" | "mysql" | "rabbitmq";

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** How to reach a server. */
export interface Service extends Address {
  readonly name: ServiceName;
  readonly user: string;
  readonly password: string;
  /** Nodes of a Redis cluster, the address above among them; undefined for a single server. */
  readonly cluster?: readonly Address[];
}

const PRODUCT: Readonly<Record<ServiceName, string>> = {
  redis: "Redis",
  mysql: "MariaDB or MySQL",
  rabbitmq: "RabbitMQ",
};

const START: Readonly<Record<ServiceName, (port: number) => string>> = {
  redis: (port) => `redis-server --daemonize yes --bind 127.0.0.1 --port ${String(port)}`,
  mysql: (port) => `mariadbd --bind-address=127.0.0.1 --port=${String(port)}`,
  rabbitmq: (port) => `RABBITMQ_NODE_PORT=${String(port)} rabbitmq-server -detached`,
};

const DEFAULTS: Readonly<Record<ServiceName, string>> = {
  redis: "redis://127.0.0.1:6379",
  mysql: "mysql://root@127.0.0.1:3306",
  rabbitmq: "amqp://guest:guest@127.0.0.1:5672",
};

/** An invalid setting. A command ends with its message and exit code 64. */
export class InvalidSetting extends Error {}

const variableOf = (name: ServiceName): string => `FIREDRILL_${name.toUpperCase()}`;

/** Returns how to write a service's address. Never prints what was written, which may hold a password. */
const exampleOf = (name: ServiceName): string => {
  const { protocol, host } = new URL(DEFAULTS[name]);
  return `${variableOf(name)}=${protocol}//USER:PASSWORD@${host}`;
};

/**
 * Returns where a service is: by the environment (FIREDRILL_REDIS, FIREDRILL_MYSQL, FIREDRILL_RABBITMQ, each a URL), or else on
 * this machine. Several URLs with commas between them are nodes of a Redis cluster, with user and password of the first.
 * Throws `InvalidSetting`.
 */
export const locate = (name: ServiceName, environment: Readonly<Record<string, string | undefined>>): Service => {
  const normal = new URL(DEFAULTS[name]);
  try {
    const urls = (environment[variableOf(name)] ?? normal.href).split(",").map((url) => new URL(url));
    if (urls.length > 1 && name !== "redis") throw new Error("only Redis may have several addresses");
    for (const { protocol, hostname } of urls)
      if (protocol !== normal.protocol || hostname === "") throw new Error(`${protocol} is not its protocol`);
    const nodes = urls.map(({ hostname, port }) => ({
      host: hostname,
      port: Number(port === "" ? normal.port : port),
    }));
    const { username, password } = urls[0]!;
    return {
      ...{ name, ...nodes[0]! },
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      ...(nodes.length === 1 ? {} : { cluster: nodes }),
    };
  } catch (cause) {
    throw new InvalidSetting(
      `${variableOf(name)} is not an address of ${PRODUCT[name]}: write it as ${exampleOf(name)}, or leave it out for ${normal.host}`,
      { cause },
    );
  }
};

/** A service that cannot be used: it does not answer, or refuses the user. A command ends with its message and exit code 69. */
export class ServiceUnavailable extends Error {
  /** The service that cannot be used. */
  readonly service: Service;

  /** `cause` is what the client of the service has thrown. */
  constructor(service: Service, cause: unknown) {
    const { name, host, port, user, cluster } = service;
    const why = reason(cause);
    const where = `at ${(cluster ?? [{ host, port }]).map((node) => `${node.host}:${String(node.port)}`).join(", ")}`;
    const remedy =
      cluster === undefined
        ? `start it with: ${START[name](port)}`
        : "make a cluster with redis-cli --cluster create, or write one address for a single Redis";
    super(
      isRefusal(cause)
        ? `${PRODUCT[name]} ${where} refuses ${user === "" ? "a client without a name" : `"${user}"`} (${why}); set ${exampleOf(name)}`
        : `${PRODUCT[name]} does not answer${cluster === undefined ? "" : " as a cluster"} ${where} (${why}); ${remedy}`,
    );
    this.service = service;
    this.cause = cause;
  }
}

/** True if the cause is how MariaDB and MySQL, Redis, or RabbitMQ refuse a name or password. */
const isRefusal = (cause: unknown): boolean =>
  /ER_(DB)?ACCESS_DENIED|^NOAUTH|^WRONGPASS|ACCESS.REFUSED/.test(reason(cause));

/** Returns the code of an error, or else its text: a refused connection to a name with two addresses has no text. */
const reason = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause);
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return cause.message;
};
