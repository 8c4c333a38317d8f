/** A path to a server, which a test can watch, slow down and cut. */
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Service } from "../../src/deploy/services.ts";

export class Path {
  /** Delay of all later data from and to the server, ms. */
  delay = { back: 0, there: 0 };
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  static async to(host: string, port: number): Promise<Path> {
    const path: Path = new Path(createServer((socket) => path.#join(socket, connect(port, host))));
    await new Promise<void>((resolve) => path.#server.listen(0, "127.0.0.1", resolve));
    return path;
  }

  private constructor(server: Server) {
    this.#server = server;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** The service at the other end, by way of this path. */
  of(service: Service): Service {
    return { ...service, host: "127.0.0.1", port: this.port };
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#open.size;
  }

  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.cut();
  }

  #join(near: Socket, far: Socket): void {
    this.#open.add(near);
    near.on("data", (data) => setTimeout(() => far.write(data), this.delay.there));
    far.on("data", (data) => setTimeout(() => near.write(data), this.delay.back));
    near.on("close", () => {
      this.#open.delete(near);
      far.destroy();
    });
    far.on("close", () => near.destroy());
    for (const socket of [near, far]) socket.on("error", () => undefined);
  }
}
