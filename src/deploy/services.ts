/**
 * The servers that push stands on, by name, address and the command that starts one. One that is away is no fault of ours and no
 * stack trace: it is an `Away`, which says which it is, where it was looked for and how to start it.
 */

export type ServiceName = "redis" | "mysql" | "rabbitmq";

export interface Service {
  readonly name: ServiceName;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
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

/** Where a service is: what the environment says (FIREDRILL_REDIS, FIREDRILL_MYSQL, FIREDRILL_RABBITMQ, each a URL), else this machine. */
export const locate = (name: ServiceName, environment: Readonly<Record<string, string | undefined>>): Service => {
  const url = new URL(environment[`FIREDRILL_${name.toUpperCase()}`] ?? DEFAULTS[name]);
  return {
    name,
    host: url.hostname,
    port: Number(url.port === "" ? new URL(DEFAULTS[name]).port : url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
};

/** A service does not answer. A command ends with this one line and exit code 69. */
export class Away extends Error {
  readonly service: Service;

  constructor(service: Service, cause: unknown) {
    const { name, host, port } = service;
    const why = reason(cause);
    super(`${PRODUCT[name]} does not answer at ${host}:${String(port)} (${why}); start it with: ${START[name](port)}`);
    this.service = service;
    this.cause = cause;
  }
}

/** A refused connection to a name with two addresses comes as an error without text of its own. */
const reason = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause);
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return cause.message;
};
