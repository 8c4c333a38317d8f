/**
 * The servers that push stands on, by name, address and the command that starts one. One that is away is no fault of ours and no
 * stack trace: it is an `Away`, which says which it is, where it was looked for and how to start it, or why it would have none of us.
 */

export type ServiceName = "redis" | "mysql" | "rabbitmq";

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Service extends Address {
  readonly name: ServiceName;
  readonly user: string;
  readonly password: string;
  /** Of a Redis cluster: nodes that know the others, the address above among them. A server that stands alone has none. */
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

/** A setting that cannot be meant. A command ends with this one line and exit code 64. */
export class Misset extends Error {}

const variableOf = (name: ServiceName): string => `FIREDRILL_${name.toUpperCase()}`;

/** How to write a service's address; never as it was written, which may hold a password. */
const exampleOf = (name: ServiceName): string => {
  const { protocol, host } = new URL(DEFAULTS[name]);
  return `${variableOf(name)}=${protocol}//USER:PASSWORD@${host}`;
};

/**
 * Where a service is: what the environment says (FIREDRILL_REDIS, FIREDRILL_MYSQL, FIREDRILL_RABBITMQ, each a URL), else this machine. Several
 * URLs with commas between them are nodes of a Redis cluster; user and password are those of the first. Throws `Misset`.
 */
export const locate = (name: ServiceName, environment: Readonly<Record<string, string | undefined>>): Service => {
  const normal = new URL(DEFAULTS[name]);
  try {
    const urls = (environment[variableOf(name)] ?? normal.href).split(",").map((url) => new URL(url));
    if (urls.length > 1 && name !== "redis") throw new Error("it is at one address");
    for (const { protocol, hostname } of urls)
      if (protocol !== normal.protocol || hostname === "") throw new Error(`${protocol} is another thing`);
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
    throw new Misset(
      `${variableOf(name)} is no address of ${PRODUCT[name]}: write it as ${exampleOf(name)}, or leave it out for ${normal.host}`,
      { cause },
    );
  }
};

/** A service cannot be used: it does not answer, or refuses whom we say we are. A command ends with this one line and exit code 69. */
export class Away extends Error {
  readonly service: Service;

  constructor(service: Service, cause: unknown) {
    const { name, host, port, user, cluster } = service;
    const why = reason(cause);
    const where = `at ${(cluster ?? [{ host, port }]).map((node) => `${node.host}:${String(node.port)}`).join(", ")}`;
    const remedy =
      cluster === undefined
        ? `start it with: ${START[name](port)}`
        : "make one of them with redis-cli --cluster create, or name one address for a Redis alone";
    super(
      isRefusal(cause)
        ? `${PRODUCT[name]} ${where} refuses ${user === "" ? "whoever gives no name" : `"${user}"`} (${why}); set ${exampleOf(name)}`
        : `${PRODUCT[name]} does not answer${cluster === undefined ? "" : " as a cluster"} ${where} (${why}); ${remedy}`,
    );
    this.service = service;
    this.cause = cause;
  }
}

/** What MariaDB and MySQL, Redis, and RabbitMQ say to a wrong name or password. */
const isRefusal = (cause: unknown): boolean =>
  /ER_(DB)?ACCESS_DENIED|^NOAUTH|^WRONGPASS|ACCESS.REFUSED/.test(reason(cause));

/** A refused connection to a name with two addresses comes as an error without text of its own. */
const reason = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause);
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return cause.message;
};
