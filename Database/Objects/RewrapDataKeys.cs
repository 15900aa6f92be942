using Database.Audit;
using Database.Work;

namespace Database.Objects;

/// <summary>After a change of the master key, wraps every data key with the new one; then the old line may leave the key file.</summary>
internal sealed class RewrapDataKeys(Db db, DataKeys keys, AuditKeys people, IEnumerable<PeriodicWork> periodic) : IWorkHandler
{
    public async Task<WorkOutcome> Run(WorkContext context)
    {
        await keys.Rewrap(context.Cancelled);
        await people.Rewrap(db, context.Cancelled);
        return periodic.Single(run => run.Command == context.Item.Command).Next(context.Now);
    }
}
