/**
 * The keys of a world of people in a scenario file: where people are online, over which carriers and radios, through which
 * gateways, to which centres. Every field is a parameter that needs a provenance.
 */
import { z } from "zod";
import { SCHEDULER_DEFAULTS, type SchedulerPolicy } from "../../algorithms/scheduling/policy.ts";
import { count, duration, fields, type Model, named, number, share, text } from "../fields.ts";
import { ATTEMPT_MOST, BEAT_TIMEOUT_MOST, CANDIDATES_MOST, WAIT_MOST } from "./limits.ts";

const PEOPLE_MAX = 10_000_000_000;

const position = z
  .tuple([z.number().min(-90).max(90), z.number().min(-180).max(180)])
  .meta({ description: "Latitude and longitude in degrees" });

const title = text("Title in reports");

const access = fields(
  {
    delay: duration("Round-trip delay of the radio or last-mile leg"),
    loss: share("Packet loss on the leg, each way"),
    gateways: text("Family of gateways that serves it, a key of gateways.families"),
  },
  "Kind of access: 2G, 3G, 4G or Wi-Fi",
);

const carrier = fields(
  {
    title,
    share: share("Share of a region's users, unless the region has its own carriers; all carriers sum to 100 %"),
    access: named(share("Share of the carrier's users"), "Shares of its users by kind of access; they sum to 100 %"),
    "nat-timeout": named(
      duration("Idle time after which the NAT drops a mapping", { positive: true }),
      "NAT timeout by kind of access",
    ),
  },
  "Carrier",
);

const region = fields(
  {
    code: z
      .string()
      .regex(/^[a-z][a-z0-9]{0,7}$/)
      .meta({ description: "Short code, used in gateway names, such as cq" }),
    title,
    at: position,
    people: count("Population; online users are distributed over regions in proportion to it", { max: PEOPLE_MAX }),
    penetration: number("Relative weight of its population in the distribution of online users; 1 by default", {
      min: 0,
      max: 100,
    }).default(1),
    carriers: z.exactOptional(
      named(share("Share of the region's users"), "Shares of its users by carrier, if they differ; they sum to 100 %"),
    ),
    delay: duration("Round-trip delay in addition to that of the distance").prefault("0 s"),
    loss: share("Packet loss, each way, in addition to that of the distance").prefault("0 %"),
    tile: z
      .tuple([z.int().min(0).max(99), z.int().min(0).max(99)])
      .meta({ description: "Column and row on the tile map of reports" }),
  },
  "Region",
)
  .transform((given) => ({ ...given, carriers: given.carriers }))
  .meta({ description: "Region" });

const gateways = fields(
  {
    families: named(
      fields(
        {
          count: count("Number of gateways per region and carrier", { min: 1, max: 1_000 }),
          "exit-ips": count("Number of exit IPs per gateway", { min: 1, max: 250 }),
        },
        "Family of gateways",
      ),
      "Families of gateways by name; kinds of access refer to them",
    ),
    delay: duration("Mean round-trip delay of a gateway"),
    loss: share("Mean packet loss of a gateway, each way"),
    spread: share("Largest deviation of a gateway from these means, as a share of the mean"),
    named: named(
      fields(
        {
          delay: z.exactOptional(duration("Round-trip delay of this gateway")),
          loss: z.exactOptional(share("Packet loss of this gateway, each way")),
          "nat-timeout": z.exactOptional(duration("NAT timeout of this gateway", { positive: true })),
        },
        "Values of this gateway that differ",
      ),
      "Exceptions by name of the gateway, such as cq-unicom-3g-2",
    ).default({}),
  },
  "Gateways: the exits of carriers, each shared by the users behind it",
);

const centre = fields(
  {
    title,
    at: position,
    share: z.exactOptional(
      share("Share of all users whose home it is; by default the nearest users, up to two thirds of its capacity"),
    ),
    machines: named(count("Number of machines of the tier", { max: 10_000_000 }), "Number of machines by tier").default(
      {},
    ),
    lines: named(
      fields(
        {
          delay: duration("Round-trip delay of the line"),
          loss: share("Packet loss of the line, each way"),
          servers: count("Number of access servers (addresses) on the line", { min: 1, max: 10_000 }),
          connections: count("Connections that each server can hold", { min: 1, max: PEOPLE_MAX }),
          logins: count("Logins per second that each server can serve", { min: 1, max: 1_000_000_000 }),
        },
        "Line of a carrier into the centre",
      ),
      "Lines into the centre by carrier",
    ),
  },
  "Centre",
)
  .transform((given) => ({ ...given, share: given.share }))
  .meta({ description: "Centre" });

const tier = fields(
  {
    cores: count("Cores per machine", { min: 1, max: 10_000 }),
    descriptors: z.exactOptional(count("File descriptors per machine, one for each connection", { min: 1 })),
    memory: z.exactOptional(count("Memory per machine for connections, in bytes", { min: 1 })),
    "memory-a-connection": z.exactOptional(count("Memory per connection, in bytes", { min: 1 })),
    login: duration("Core time per login").prefault("0 s"),
    message: duration("Core time per message").prefault("0 s"),
    heartbeat: duration("Core time per heartbeat").prefault("0 s"),
  },
  "Machines of one tier, and the core time of each kind of request",
)
  .transform(({ descriptors, memory, memoryAConnection, ...given }, context) => {
    if (memoryAConnection !== undefined && memory === undefined)
      context.addIssue({
        code: "custom",
        path: ["memory-a-connection"],
        message: "has no effect: the machine's memory is not limited",
        params: { hint: "write memory: 48 G, or leave it out" },
      });
    const held = [descriptors, memory === undefined ? undefined : Math.floor(memory / (memoryAConnection ?? 1))];
    const known = held.filter((most) => most !== undefined);
    return { ...given, connections: known.length === 0 ? undefined : Math.min(...known) };
  })
  .meta({ description: "Machines of one tier, and the core time of each kind of request" });

const positive = { positive: true } as const;
const wait = { max: WAIT_MOST } as const;
const positiveWait = { ...positive, ...wait } as const;
const attempt = { ...positive, max: ATTEMPT_MOST } as const;

const clients = fields(
  {
    racing: fields(
      {
        candidates: count("Number of candidate addresses", { min: 1, max: CANDIDATES_MOST }),
        "start-every": duration("Time between the starts of two attempts", attempt),
        "at-most": count("Number of concurrent attempts", { min: 1, max: 100 }),
        timeout: duration("Timeout of one attempt", attempt),
      },
      "Connection racing: attempts to several candidates, started one after another",
    ),
    "login-timeout": duration("Timeout of a login, from the connect on", positiveWait),
    reconnect: fields(
      {
        policy: z.enum(["ladder", "full-jitter", "directed"]).default("ladder").meta({
          description:
            "ladder (default): the published ladder; full-jitter: random exponential back-off; directed: the wait that servers assign",
        }),
        first: duration("Time from a broken link to the first attempt; the shortest wait of all policies", wait),
        ladder: z.array(duration("One rung", wait)).min(1).max(100).meta({
          description: "ladder: times from the start of a failed attempt to the next one; the last one repeats",
        }),
        salt: duration("ladder: upper bound of the random whole seconds added to each rung", wait),
        base: duration("full-jitter: upper bound of the first wait", positiveWait).prefault("1 s"),
        cap: duration("full-jitter: highest upper bound, reached by doubling", positiveWait).prefault("120 s"),
      },
      "Reconnect: when a client with a broken link tries again",
    ),
    heartbeat: fields(
      {
        shortest: duration("Shortest heartbeat interval, a multiple of 10 s", positive),
        longest: duration("Longest heartbeat interval, a multiple of 10 s", positive),
        step: duration("Increase or decrease of the interval, a multiple of 10 s", positive),
        "back-off": duration(
          "Safety margin, a multiple of 10 s: distance of a settled interval from the longest, and extra decrease after failures",
          positive,
        ),
        "climb-after": count("Successful heartbeats before the interval grows", { min: 1, max: 1_000 }),
        "fail-after": count("Failed heartbeats before the interval shrinks", { min: 1, max: 1_000 }),
        "stable-test": count(
          "Answered heartbeats at the shortest interval on a new connection, before the learned interval is used",
          { min: 0, max: 1_000 },
        ),
        timeout: duration("Time without an answer after which a heartbeat has failed", {
          ...positive,
          max: BEAT_TIMEOUT_MOST,
        }),
      },
      "Adaptive heartbeat",
    ),
    "heartbeat-settled": z.boolean().meta({
      description: "true: intervals start adapted to the NAT of each client; false: every client starts to learn",
    }),
    stay: duration("Mean time online", positive),
    pause: duration("Mean time offline between two stays", positive),
    "messages-an-hour": number("Messages sent and received per user and hour", { min: 0, max: 100_000 }),
    "packets-a-message": number("Packets per message, both directions together", { min: 1, max: 10_000 }),
  },
  "Behaviour of the app",
);

const admission = fields(
  {
    policy: z.enum(["none", "by-wait"]).default("none").meta({
      description:
        "none (default): every login enters the login queue; by-wait: a login that would wait too long is rejected with a time to come back",
    }),
    "longest-wait": duration(
      "by-wait: longest wait in the login queue before a client is rejected",
      positiveWait,
    ).prefault("3 s"),
    refusal: share("Work of a rejection, as a share of that of a login").prefault("2 %"),
    deadlines: z.enum(["carried", "ignored"]).default("carried").meta({
      description: "carried (default): a server drops logins whose client has given up; ignored: it serves them",
    }),
  },
  "Admission: how servers handle more logins than they can serve",
);

const state = fields(
  {
    lag: duration("Replication lag of the copy of users' state in another centre").prefault("2 s"),
    handover: count("Users per second whose state can move from one centre to another", {
      min: 1,
      max: PEOPLE_MAX,
    }).prefault(100_000),
  },
  "Replication and transfer of users' state between centres",
);

const telemetry = fields(
  {
    "probes-a-beat": count("Probe packets per heartbeat", { min: 1, max: 1_000 }),
    batch: duration("Interval of the reports on heartbeats, per gateway; whole rounds of the scheduler"),
    late: duration("Mean delay of a report"),
    lost: share("Share of reports that are lost"),
  },
  "Reports of clients to the scheduler",
);

type Kebab<K extends string> = K extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `-${Lowercase<Head>}`}${Kebab<Tail>}`
  : K;

/** The keys of `scheduler`, one for each setting of the policy. */
export const schedulerShape = {
  round: z.exactOptional(duration("Interval of decisions, from 1 s to 1 h", positive)),
  explore: z.exactOptional(share("Share of sessions sent to alternatives, so that every path stays measured")),
  "false-alarms-a-day": z.exactOptional(
    number("Budget of false alarms per day, over all cells", { min: 0.000001, max: 1_000 }),
  ),
  "smallest-rise": z.exactOptional(share("Smallest absolute rise of packet loss that raises an alarm")),
  "better-ratio": z.exactOptional(share("Highest loss of a new destination, as a share of the current one's")),
  "better-margin": z.exactOptional(
    share("Smallest absolute difference by which the loss of a new destination must be lower"),
  ),
  dwell: z.exactOptional(duration("Shortest time between two moves of a gateway")),
  "clean-rounds": z.exactOptional(
    count("Consecutive clean rounds of the former destination before users are moved back", { min: 1, max: 1_000_000 }),
  ),
  "step-of-headroom": z.exactOptional(share("Most load that one step adds, as a share of the destination's headroom")),
  "full-at": z.exactOptional(share("Highest load of a destination, as a share of its capacity")),
  "removal-max": z.exactOptional(share("Most capacity that is removed automatically, as a share of all")),
  "stale-after": z.exactOptional(duration("Time without reports after which the scheduler fails open", positive)),
  "moves-an-hour": z.exactOptional(count("Most moves of a gateway in any hour", { max: 1_000_000 })),
  "hint-spread": z.exactOptional(duration("Time over which the move hints to connected clients are spread", wait)),
  memory: z.exactOptional(duration("Half-life of the average that counts as normal loss", positive)),
} satisfies Record<Kebab<keyof SchedulerPolicy>, z.ZodType>;

const scheduler = fields(schedulerShape, "Settings of the scheduler; each has a default")
  .transform((given): SchedulerPolicy => ({ ...SCHEDULER_DEFAULTS, ...given }))
  .meta({ description: "Settings of the scheduler; each has a default" });

/** The keys of this section; those without a default are required after `extends` is merged. */
export const peopleShape = {
  online: count("Number of people online in all regions", { min: 1, max: PEOPLE_MAX }),
  "rows-a-gateway-min": count("Smallest number of rows per gateway with users, at any scale", {
    min: 1,
    max: 1_000_000,
  }),
  access: named(access, "Kinds of access by name: radio or last-mile legs"),
  carriers: named(carrier, "Carriers by name"),
  gateways,
  route: fields(
    {
      delay: duration("Round-trip delay at any distance"),
      "delay-per-1000-km": duration("Additional round-trip delay per 1,000 km of great circle"),
      loss: share("Packet loss at any distance, each way"),
      "loss-per-1000-km": share("Additional packet loss per 1,000 km of great circle, each way"),
    },
    "Network of a carrier between a region and a centre",
  ),
  peering: fields(
    { delay: duration("Additional round-trip delay"), loss: share("Additional packet loss, each way") },
    "Peering: between the carrier of the user and another carrier of the line",
  ),
  ports: z
    .array(z.int().min(1).max(65_535))
    .min(1)
    .max(100)
    .meta({ description: "Ports on which every server listens" }),
  tiers: named(tier, "Tiers of machines behind the access servers, by name: access, logic, storage").default({}),
  centres: named(centre, "Centres by name"),
  clients,
  admission: admission.prefault({}),
  state: state.prefault({}),
  telemetry,
  scheduler: scheduler.prefault({}),
  regions: named(region, "Regions by name"),
};

type Written = { readonly [K in keyof typeof peopleShape]: Model<(typeof peopleShape)[K]> };
/** The world of people, every unit parsed, every default filled in, keys in camelCase. */
export type PeopleModel = Omit<Written, "rows-a-gateway-min"> & {
  readonly rowsAGatewayMin: Written["rows-a-gateway-min"];
};
/** One region. */
export type RegionModel = PeopleModel["regions"][string];
