using Database;
using Database.Work;

namespace Portal.Api;

/// <summary>Forgets answers kept for repeated requests after a day.</summary>
internal sealed class ForgetAnswers(Db db, IEnumerable<PeriodicWork> periodic) : IWorkHandler
{
    public const string Command = "api.forget";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        await db.Write(tx => IdempotencyRecord.Forget(tx, context.Now - Kept));
        return periodic.Single(run => run.Command == Command).Next(context.Now);
    }
}
