import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { commandsQuery } from "@/api/queries";

/** Why a command cannot run. When the sentence names another command in quotes, that is the way to it. */
export function Reason({ text }: { text: string | null }) {
  const commands = useQuery(commandsQuery).data ?? [];
  if (text === null) return null;
  const named = commands.find(({ title }) => text.includes(`"${title}"`) || text.includes(`“${title}”`));
  if (!named) return text;
  const at = text.indexOf(named.title);
  return (
    <>
      {text.slice(0, at)}
      <Link to="/commands/$id" params={{ id: named.id }} className="link">
        {named.title}
      </Link>
      {text.slice(at + named.title.length)}
    </>
  );
}
