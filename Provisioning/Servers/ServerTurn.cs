using Database;
using Database.Work;
using Provisioning.Hypervisors;
using Provisioning.Plan;

namespace Provisioning.Servers;

/// <summary>What commands on one server have in common: one after another, in the order in which they were asked for.</summary>
internal static class ServerTurn
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>The server, or why the command must wait or end.</summary>
    public static async Task<(Server? Server, WorkOutcome? Ended)> Take(Db db, WorkContext context)
    {
        if (!Id.TryParse<ServerId>(context.Item.Resource, out var id))
            return (null, new WorkOutcome.Failed("provisioning.servers.bad_id", "The work is for something that is no server."));
        if (await Wait(db, context) is { } wait) return (null, wait);
        var server = await Server.Find(db, id);
        return server is null
            ? (null, new WorkOutcome.Failed("provisioning.servers.unknown", "There is no such server."))
            : (server, null);
    }

    /// <summary>Not now, while older work on the same server is not ended.</summary>
    public static async Task<WorkOutcome?> Wait(Db db, WorkContext context)
    {
        var older = await db.One<string>(Sql.Older, new { context.Item.Resource, context.Item.Id });
        return older is null ? null : new WorkOutcome.Again(context.Now + Pause, "waiting", "Waits for what was asked for before.");
    }

    /// <summary>What makes another try pointless.</summary>
    public static StepOutcome.Failed? Verdict(Exception trouble) => trouble is HypervisorException { Trouble: HypervisorTrouble.Refused } refused
        ? new StepOutcome.Failed(refused.Code, refused.Message)
        : null;

    internal static class Sql
    {
        // a purge waits for the end of the shield and guards itself, so it stands in nobody's way
        public const string Older = """
            -- all accounts: the work of one server, whoever's it is
            select min(Id)
            from WorkItem
            where Resource = @Resource
                and Id < @Id
                and EndedAt is null
                and Command in ('server.create', 'server.power', 'server.rename', 'server.delete', 'server.undelete',
                    'backup.restore_new', 'backup.restore_in_place')
            """;
    }
}
