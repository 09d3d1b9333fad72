/** Names for the shapes of the generated schema. Nothing is described by hand here. */
import type { paths } from "./schema";

/**
 * What the server sends. The schema marks a field with a default as one that may be left out, which is right for what is
 * sent to it; in its answers every field is there.
 */
export type Served<T> = T extends readonly (infer Item)[]
  ? Served<Item>[]
  : T extends object
    ? { [K in keyof T]-?: Served<Exclude<T[K], undefined>> }
    : T;

type Body<Operation> = Operation extends { responses: { 200: { content: { "application/json": infer T } } } }
  ? Served<T>
  : never;

export type Job = Body<paths["/api/jobs/{job_id}"]["get"]>;
export type JobStatus = Job["status"];
export type JobCause = NonNullable<Job["cause"]>;
export type Attempt = Job["attempts"][number];
export type Command = Body<paths["/api/commands/{command_id}"]["get"]>;
export type Parameter = Command["parameters"][number];
export type Touches = Command["touches"];
export type Problem = Body<paths["/api/commands/problems"]["get"]>[number];
export type Secret = Body<paths["/api/secrets"]["get"]>[number];
export type AuditRow = Body<paths["/api/audit"]["get"]>[number];
export type AirsenalStatus = Body<paths["/api/airsenal/status"]["get"]>;
export type SetUpStep = AirsenalStatus["steps"][number];
export type Guidance = AirsenalStatus["guidance"][number];
export type FoundTeam = Body<paths["/api/team/find/{team_id}"]["get"]>;
export type Factors = Body<paths["/api/auth/factors"]["get"]>;
export type Passkey = Body<paths["/api/auth/passkeys"]["get"]>[number];
export type SessionInfo = Body<paths["/api/auth/sessions"]["get"]>[number];
export type ApiToken = Body<paths["/api/auth/tokens"]["get"]>[number];
export type TotpOffer = Body<paths["/api/auth/totp"]["post"]>;
export type Summary = Body<paths["/api/jobs/summary"]["get"]>;
export type DayOfJobs = Summary["days"][number];
export type CurrentTeam = Body<paths["/api/team/current"]["get"]>;
export type TeamPlayer = CurrentTeam["players"][number];
export type GameweekInfo = CurrentTeam["gameweek"];
export type Deadline = Body<paths["/api/team/deadline"]["get"]>;
export type ApplyPreview = Body<paths["/api/airsenal/apply/{command}"]["get"]>;
export type ApplyCommand = ApplyPreview["command"];
export type SearchCost = Body<paths["/api/airsenal/search-cost"]["get"]>;
export type Readiness = Body<paths["/api/health/ready"]["get"]>;
export type ReportHead = Body<paths["/api/reports"]["get"]>[number];
export type ReportType = ReportHead["type"];
export type ReportWarning = ReportHead["warnings"][number];
export type StoredReport = Body<paths["/api/reports/{report_id}"]["get"]>;
export type Report = StoredReport["report"];
export type PredictionReport = Extract<Report, { type: "prediction" }>;
export type PredictedPlayer = PredictionReport["players"][number];
export type Position = PredictedPlayer["position"];
export type OptimisationReport = Extract<Report, { type: "optimisation" }>;
export type GameweekPlan = OptimisationReport["plan"][number];
export type LineupPlayer = OptimisationReport["bench"][number];
export type Chip = NonNullable<OptimisationReport["chip"]>;
export type DataCheckReport = Extract<Report, { type: "data_check" }>;
export type DatabaseReport = Extract<Report, { type: "database" }>;
export type LoginReport = Extract<Report, { type: "login" }>;
export type Comparison = Body<paths["/api/reports/compare"]["get"]>;
export type Change = Comparison["changes"][number];
export type Played = Body<paths["/api/reports/{report_id}/played"]["get"]>;
export type PlayedPlayer = Played["players"][number];
export type DatabaseCare = Body<paths["/api/airsenal/database"]["get"]>;
export type DatabaseState = DatabaseCare["state"];
export type KeptCopy = DatabaseCare["copies"][number];
export type RestorePreview = Body<paths["/api/airsenal/database/copies/{copy_id}"]["get"]>;

export type ParameterValue = string | number | boolean | null;
export type ParameterValues = Record<string, ParameterValue>;
