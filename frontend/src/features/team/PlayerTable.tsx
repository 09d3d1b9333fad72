import type { CurrentTeam, TeamPlayer } from "@/api/types";
import { countedPoints, difficultyWord, doubtOf, fixturesByGameweek, fixtureWords, gameweeksAhead } from "./words";
import classes from "./team.module.css";

/** The squad as figures. Where it is too wide it scrolls in a box of its own; on a phone each player takes three lines. */
export function PlayerTable({ team }: { team: CurrentTeam }) {
  const weeks = gameweeksAhead(team);
  const coming = team.next_gameweek;
  return (
    <>
      <div className={classes.scroll} role="region" aria-label="Squad as a table" tabIndex={0}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Player</th>
              <th scope="col" className={classes.right}>Price</th>
              <th scope="col" className={classes.right}>Form</th>
              <th scope="col" className={classes.right}>
                <abbr title="Points a match">PPM</abbr>
              </th>
              <th scope="col" className={classes.right}>
                <abbr title={`Points in ${team.gameweek.name}`}>GW{team.gameweek.id}</abbr>
              </th>
              <th scope="col" className={classes.right}>Season</th>
              <th scope="col" className={classes.right}>{coming ? <abbr title={`Expected points in ${coming.name}`}>Exp. GW{coming.id}</abbr> : "Expected"}</th>
              {weeks.map((week) => (
                <th scope="col" key={week}>
                  <abbr title={`Gameweek ${week}`}>GW{week}</abbr>
                </th>
              ))}
            </tr>
          </thead>
          <Rows team={team} players={team.players.filter(({ position_slot }) => position_slot <= 11)} label="Starting eleven" columns={7 + weeks.length} />
          <Rows team={team} players={team.players.filter(({ position_slot }) => position_slot > 11)} label="Bench, in order" columns={7 + weeks.length} />
        </table>
      </div>
      {weeks.length > 0 && (
        <p className={classes.legend}>
          Fixtures: H at home, A away; the number is FPL&apos;s difficulty, from 1 very easy to 5 very hard.
        </p>
      )}
    </>
  );
}

function Rows({ team, players, label, columns }: { team: CurrentTeam; players: TeamPlayer[]; label: string; columns: number }) {
  if (players.length === 0) return null;
  return (
    <tbody>
      <tr className={classes.group}>
        <th scope="rowgroup" colSpan={columns}>
          {/* Stays in sight while the figures scroll. */}
          <span>{label}</span>
        </th>
      </tr>
      {players.map((player) => (
        <Row key={player.player_id} team={team} player={player} />
      ))}
    </tbody>
  );
}

function Row({ team, player }: { team: CurrentTeam; player: TeamPlayer }) {
  const doubt = doubtOf(player);
  return (
    <tr>
      <th scope="row">
        <span className={classes.who}>
          <span className={classes.name}>
            {player.name} {player.is_captain && <span className={classes.role}>Captain</span>}
            {player.is_vice_captain && <span className={classes.role}>Vice</span>}
          </span>
          <span className={classes.club}>
            {player.team} {player.position}
          </span>
          {doubt && <span className={classes.doubt}>{doubt}</span>}
        </span>
      </th>
      <td className="num" data-label="£m">{player.now_cost.toFixed(1)}</td>
      <td className="num" data-label="Form">{player.form.toFixed(1)}</td>
      <td className="num" data-label="PPM">{player.points_per_game.toFixed(1)}</td>
      <td className="num" data-label={`GW${team.gameweek.id}`} data-main>
        {countedPoints(player)}
        {player.multiplier > 1 && <span className={classes.times}> ({player.event_points} × {player.multiplier})</span>}
      </td>
      <td className="num" data-label="Season">{player.total_points}</td>
      <td className="num" data-label={team.next_gameweek ? `Exp. GW${team.next_gameweek.id}` : "Exp."} data-main>{player.expected_points?.toFixed(1) ?? <abbr title="Not known">–</abbr>}</td>
      {fixturesByGameweek(team, player).map(({ gameweek, fixtures }) => (
        <td key={gameweek} className={classes.fixtures} data-label={`GW${gameweek}`}>
          {fixtures.length === 0 && <span className={classes.blank}>no match</span>}
          {fixtures.map((fixture) => (
            <span key={`${fixture.opponent}${fixture.at_home}`} data-difficulty={fixture.difficulty} className={classes.fixture} title={`${fixture.opponent} ${fixture.at_home ? "at home" : "away"}: difficulty ${fixture.difficulty} of 5, ${difficultyWord(fixture.difficulty)}`}>
              {fixtureWords(fixture)} <b>{fixture.difficulty}</b>
            </span>
          ))}
        </td>
      ))}
    </tr>
  );
}
