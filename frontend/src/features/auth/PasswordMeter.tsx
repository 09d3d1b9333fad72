import classes from "./auth.module.css";
import { passwordStrength } from "./password";

export function PasswordMeter({ password, id }: { password: string; id: string }) {
  const { level, words } = passwordStrength(password);
  return (
    <div className={classes.meter} id={id}>
      <span className={classes.bars} aria-hidden="true">
        {[1, 2, 3, 4].map((bar) => (
          <i key={bar} data-on={bar <= level ? level : undefined} />
        ))}
      </span>
      <span aria-live="polite">{words}</span>
    </div>
  );
}
