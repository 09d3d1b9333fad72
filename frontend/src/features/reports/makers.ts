import type { ReportType } from "@/api/types";

interface Maker {
  title: string;
  text: string;
  /** The command that makes one. */
  command: string;
  label: string;
}

/** What an empty history says: which command would fill it. */
export const MAKERS: Record<ReportType | "any", Maker> = {
  any: {
    title: "There is no report yet",
    text: "Each job of AIrsenal leaves one when it ends. “Run the whole pipeline” updates, predicts and optimises in one go.",
    command: "pipeline",
    label: "Run the whole pipeline",
  },
  prediction: {
    title: "No prediction yet",
    text: "“Predict points” says how many points each player can expect in the gameweeks ahead. It takes about a minute.",
    command: "predict",
    label: "Predict points",
  },
  optimisation: {
    title: "No optimisation yet",
    text: "“Optimise transfers” says whom to sell, whom to buy and whom to make captain. It needs a prediction first.",
    command: "optimize",
    label: "Optimise transfers",
  },
  data_check: {
    title: "The data was not checked yet",
    text: "“Check the data” looks for gaps and doubles in AIrsenal's database.",
    command: "check_data",
    label: "Check the data",
  },
  database: {
    title: "The database was not built or updated yet",
    text: "“Update the database” fetches the newest prices, injuries and results.",
    command: "update_db",
    label: "Update the database",
  },
  login: {
    title: "The FPL login was not tested yet",
    text: "“Test the FPL login” says whether it works. Without a login AIrsenal works on your squad as the public site shows it.",
    command: "test_login",
    label: "Test the FPL login",
  },
};
