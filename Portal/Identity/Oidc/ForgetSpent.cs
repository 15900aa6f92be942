using Database;
using Database.Work;

namespace Portal.Identity.Oidc;

/// <summary>Forgets what has expired and is asked for no more: spent ids, pushed requests, device requests.</summary>
internal sealed class ForgetSpent(Db db, IEnumerable<PeriodicWork> periodic) : IWorkHandler
{
    public const string Command = "identity.forget";
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var before = new { Before = context.Now - Kept };
        await db.Write(tx => tx.Execute(SpentId.Sql.Forget, before));
        await db.Write(tx => tx.Execute(PushedRequest.Sql.Forget, before));
        await db.Write(tx => tx.Execute(DeviceRequest.Sql.Forget, before));
        return periodic.Single(run => run.Command == Command).Next(context.Now);
    }
}
