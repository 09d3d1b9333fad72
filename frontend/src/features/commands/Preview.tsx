import type { Command, ParameterValues } from "@/api/types";
import { CopyButton } from "@/components/CopyButton";
import { describeError } from "@/api/errors";
import { formatArgv, quoteArgument } from "@/lib/argv";
import classes from "./form.module.css";
import { usePreview } from "./usePreview";

export function Preview({ command, parameters }: { command: Command; parameters: ParameterValues }) {
  const { argv, error, invalid, stale } = usePreview(command, parameters);
  return (
    <div className={classes.preview}>
      <div className={classes.previewHead}>
        <span>What will run</span>
        {argv && <CopyButton text={formatArgv(argv)} label="Copy the command line" />}
      </div>
      <pre className={classes.argv} data-stale={stale || error ? true : undefined} tabIndex={0} role="region" aria-label="What will run">
        {argv
          ? argv.map((argument, index) => (
              <span key={index} className={index === 0 ? classes.program : argument.startsWith("-") ? classes.flag : undefined}>
                {quoteArgument(argument)}
              </span>
            ))
          : error
            ? invalid.length > 0
              ? "Fill in the fields first."
              : describeError(error)
            : "…"}
      </pre>
    </div>
  );
}
