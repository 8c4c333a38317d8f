/**
 * The shape of a world in a scenario file: where people are online, over which carriers and radios,
 * through which gateways, to which centres. Every field is a parameter that needs a provenance.
 */
import { z } from "zod";
import { SCHEDULER_DEFAULTS, type SchedulerPolicy } from "../../algorithms/scheduling/policy.ts";
import { count, duration, fields, type Model, named, number, share, text } from "../fields.ts";

const PEOPLE_MAX = 10_000_000_000;

const position = z
  .tuple([z.number().min(-90).max(90), z.number().min(-180).max(180)])
  .meta({ description: "Latitude and longitude, degrees" });

const title = text("As reports print it");

const access = fields(
  {
    delay: duration("Round trip of the radio or last-mile leg"),
    loss: share("Packets lost on the leg, each way"),
    gateways: text("Gateway family that serves it, a key of gateways.families"),
  },
  "One kind of access: 2G, 3G, 4G, Wi-Fi",
);

const carrier = fields(
  {
    title,
    share: share("Share of a region's users, unless the region says otherwise; all carriers sum to 100 %"),
    access: named(share("Share of the carrier's users"), "Access → share; sums to 100 %"),
    "nat-timeout": named(duration("NAT forgets a silent link after this", { positive: true }), "By access"),
  },
  "A carrier",
);

const region = fields(
  {
    code: z
      .string()
      .regex(/^[a-z][a-z0-9]{0,7}$/)
      .meta({ description: "Short code in gateway names, such as cq" }),
    title,
    at: position,
    people: count("Population; online users are shared out by it", { max: PEOPLE_MAX }),
    penetration: number("Online users for each of people, relative to 1", { min: 0, max: 100 }).default(1),
    carriers: z.exactOptional(
      named(share("Share of the region's users"), "Carrier → share where it differs; sums to 100 %"),
    ),
    delay: duration("Round trip on top of what distance gives").prefault("0 s"),
    loss: share("Loss each way on top of what distance gives").prefault("0 %"),
    tile: z
      .tuple([z.int().min(0).max(99), z.int().min(0).max(99)])
      .meta({ description: "Column and row on the tile grid" }),
  },
  "A region",
)
  .transform((given) => ({ ...given, carriers: given.carriers }))
  .meta({ description: "A region" });

const gateways = fields(
  {
    families: named(
      fields(
        {
          count: count("Gateways in each region and carrier", { min: 1, max: 1_000 }),
          "exit-ips": count("Exit addresses of each", { min: 1, max: 250 }),
        },
        "A family of gateways",
      ),
      "By the name that access kinds refer to",
    ),
    delay: duration("Round trip of a gateway on the average"),
    loss: share("Loss of a gateway each way, on the average"),
    spread: share("Single gateways differ by up to this share of the average"),
    named: named(
      fields(
        {
          delay: z.exactOptional(duration("Round trip of this gateway")),
          loss: z.exactOptional(share("Loss of this gateway each way")),
          "nat-timeout": z.exactOptional(duration("NAT timeout of this gateway", { positive: true })),
        },
        "What differs",
      ),
      "Exceptions by gateway name, such as cq-unicom-3g-2",
    ).default({}),
  },
  "Carriers' exits: all users behind a gateway share its fate",
);

const centre = fields(
  {
    title,
    at: position,
    share: z.exactOptional(
      share("Part of all users that belongs here; without it, as many as are near and find room in two thirds of it"),
    ),
    machines: named(count("Machines of the tier", { max: 10_000_000 }), "By tier").default({}),
    lines: named(
      fields(
        {
          delay: duration("Round trip of the line"),
          loss: share("Loss of the line each way"),
          servers: count("Access servers (addresses) on the line", { min: 1, max: 10_000 }),
          connections: count("Connections each holds at once", { min: 1, max: PEOPLE_MAX }),
          logins: count("Logins each serves a second", { min: 1, max: 1_000_000_000 }),
        },
        "A carrier's line into the centre",
      ),
      "By carrier",
    ),
  },
  "A centre",
)
  .transform((given) => ({ ...given, share: given.share }))
  .meta({ description: "A centre" });

const tier = fields(
  {
    cores: count("Cores of a machine", { min: 1, max: 10_000 }),
    descriptors: z.exactOptional(count("Connections that a machine's file descriptors allow", { min: 1 })),
    memory: z.exactOptional(count("Bytes of a machine's memory that connections may take", { min: 1 })),
    "memory-a-connection": z.exactOptional(count("Bytes of a connection", { min: 1 })),
    login: duration("Core time of a login").prefault("0 s"),
    message: duration("Core time of a message").prefault("0 s"),
    heartbeat: duration("Core time of a heartbeat").prefault("0 s"),
  },
  "Machines of a tier, and the core time of one request there",
)
  .transform(({ descriptors, memory, memoryAConnection, ...given }) => {
    const held = [descriptors, memory === undefined ? undefined : Math.floor(memory / (memoryAConnection ?? 1))];
    const known = held.filter((most) => most !== undefined);
    return { ...given, connections: known.length === 0 ? undefined : Math.min(...known) };
  })
  .meta({ description: "Machines of a tier, and the core time of one request there" });

const positive = { positive: true } as const;

const clients = fields(
  {
    racing: fields(
      {
        candidates: count("Length of the candidate list", { min: 1, max: 100 }),
        "start-every": duration("Between starts of attempts", positive),
        "at-most": count("Attempts under way at once", { min: 1, max: 100 }),
        timeout: duration("An attempt is given up after this", positive),
      },
      "Candidate racing",
    ),
    "login-timeout": duration("A login is given up this long after the connect", positive),
    reconnect: fields(
      {
        policy: z
          .enum(["ladder", "full-jitter", "directed"])
          .default("ladder")
          .meta({ description: "The published ladder, full jitter, or what the servers say" }),
        first: duration("From the break to the first attempt; no wait is shorter"),
        ladder: z
          .array(duration("A rung"))
          .min(1)
          .max(100)
          .meta({ description: "From a failed attempt's start to the next; the last repeats" }),
        salt: duration("Uniform whole seconds below this are added to every rung"),
        base: duration("Full jitter: bound of the first wait", positive).prefault("1 s"),
        cap: duration("Full jitter: the bound that it doubles up to", positive).prefault("120 s"),
      },
      "When a broken link is tried again",
    ),
    heartbeat: fields(
      {
        shortest: duration("Shortest interval", positive),
        longest: duration("Longest interval", positive),
        step: duration("How far an interval grows", positive),
        "back-off": duration("How far it falls back from the longest that failed", positive),
        "climb-after": count("Beats answered before it grows", { min: 1, max: 1_000 }),
        "fail-after": count("Beats unanswered before it falls", { min: 1, max: 1_000 }),
        "stable-test": count("Beats of the test at a settled interval", { min: 0, max: 1_000 }),
        timeout: duration("A beat unanswered for this long has failed", positive),
      },
      "Adaptive heartbeat",
    ),
    "heartbeat-settled": z
      .boolean()
      .meta({ description: "True: intervals begin adapted to each NAT; false: everyone learns" }),
    stay: duration("Mean stay online", positive),
    pause: duration("Mean pause between stays", positive),
    "messages-an-hour": number("Messages sent and received by a user", { min: 0, max: 100_000 }),
    "packets-a-message": number("Packets of a message, both directions together", { min: 1, max: 10_000 }),
  },
  "What the app does",
);

const admission = fields(
  {
    policy: z.enum(["none", "by-wait"]).default("none").meta({
      description: "none lets everybody queue; by-wait refuses whoever would wait too long, with an appointment",
    }),
    "longest-wait": duration("by-wait: nobody is let in who would wait for longer", positive).prefault("3 s"),
    refusal: share("Work of a refusal, of a login's").prefault("2 %"),
    deadlines: z
      .enum(["carried", "ignored"])
      .default("carried")
      .meta({ description: "ignored: a server also works on logins that nobody waits for any more" }),
  },
  "What servers do with more logins than they can serve",
);

const state = fields(
  {
    lag: duration("How far the copy of people's state in another centre lags behind").prefault("2 s"),
    handover: count("People whose state goes from one centre to another in a second", {
      min: 1,
      max: PEOPLE_MAX,
    }).prefault(100_000),
  },
  "Where people's state lives and how it moves",
);

const telemetry = fields(
  {
    "probes-a-beat": count("Probes sent and counted with every heartbeat", { min: 1, max: 1_000 }),
    batch: duration("A gateway's clients tell of their beats once in this long; whole scheduler rounds"),
    late: duration("Mean lateness of a report"),
    lost: share("Reports that never arrive"),
  },
  "What clients tell the scheduler",
);

type Kebab<K extends string> = K extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `-${Lowercase<Head>}`}${Kebab<Tail>}`
  : K;

/** The scheduler's settings by their names in a file. */
export const schedulerShape = {
  round: z.exactOptional(duration("It decides this often, from 1 s to 1 h", positive)),
  explore: z.exactOptional(share("Sessions sent to alternates, so that every path stays measured")),
  "false-alarms-a-day": z.exactOptional(
    number("Budget of false alarms over all cells, a day", { min: 0.000001, max: 1_000 }),
  ),
  "smallest-rise": z.exactOptional(share("The smallest rise of loss worth an alarm")),
  "better-ratio": z.exactOptional(share("A destination's loss must be at most this part of the current one")),
  "better-margin": z.exactOptional(share("… and at least this much lower")),
  dwell: z.exactOptional(duration("After a move a gateway stays at least this long")),
  "clean-rounds": z.exactOptional(count("Clean rounds in a row before users are led back", { min: 1, max: 1_000_000 })),
  "step-of-headroom": z.exactOptional(share("One step adds at most this share of the destination's headroom")),
  "full-at": z.exactOptional(share("Load at a destination stays below this share of its capacity")),
  "removal-max": z.exactOptional(share("At most this share of all capacity is taken out automatically")),
  "stale-after": z.exactOptional(duration("Without reports for this long it fails open", positive)),
  "moves-an-hour": z.exactOptional(count("Moves of a gateway in any hour", { max: 1_000_000 })),
  "hint-spread": z.exactOptional(duration("Connected clients are told to move spread over this long")),
  memory: z.exactOptional(duration("Half-life of what is remembered as normal loss", positive)),
} satisfies Record<Kebab<keyof SchedulerPolicy>, z.ZodType>;

const scheduler = fields(schedulerShape, "The scheduler's settings; each has a default")
  .transform((given): SchedulerPolicy => ({ ...SCHEDULER_DEFAULTS, ...given }))
  .meta({ description: "The scheduler's settings; each has a default" });

/** Its keys of the file; all are required once `extends` is merged. */
export const peopleShape = {
  online: count("People online in all regions together", { min: 1, max: PEOPLE_MAX }),
  "rows-a-gateway-min": count("Every gateway with users gets at least this many rows, whatever the scale", {
    min: 1,
    max: 1_000_000,
  }),
  access: named(access, "Radio or last-mile legs"),
  carriers: named(carrier, "Carriers"),
  gateways,
  route: fields(
    {
      delay: duration("Round trip whatever the distance"),
      "delay-per-1000-km": duration("Round trip for 1,000 km of great circle"),
      loss: share("Loss each way whatever the distance"),
      "loss-per-1000-km": share("Loss each way for 1,000 km of great circle"),
    },
    "A carrier's own network between a region and a centre",
  ),
  peering: fields(
    { delay: duration("Round trip"), loss: share("Loss each way") },
    "Where a user's carrier is not the line's carrier",
  ),
  ports: z.array(z.int().min(1).max(65_535)).min(1).max(100).meta({ description: "Ports every server listens on" }),
  tiers: named(tier, "Tiers of machines behind the doors: access, logic, storage").default({}),
  centres: named(centre, "Centres"),
  clients,
  admission: admission.prefault({}),
  state: state.prefault({}),
  telemetry,
  scheduler: scheduler.prefault({}),
  regions: named(region, "Regions"),
};

/** The world of people, every unit parsed and every default filled in; `rows-a-gateway-min` is called `rowsAGatewayMin` there. */
type Written = { readonly [K in keyof typeof peopleShape]: Model<(typeof peopleShape)[K]> };
export type PeopleModel = Omit<Written, "rows-a-gateway-min"> & {
  readonly rowsAGatewayMin: Written["rows-a-gateway-min"];
};
export type RegionModel = PeopleModel["regions"][string];
