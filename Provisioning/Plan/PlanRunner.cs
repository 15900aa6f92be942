using Database;
using Database.Work;

namespace Provisioning.Plan;

/// <summary>
/// Carries plans out. What each step is about to do is written before it is done, so that after a crash the next worker does the same
/// step again instead of guessing. Exceptions leave to the work loop, which tries again with back-off; after the plan's tries, or when a
/// step can never succeed, the failure is written down and everything is undone in the reverse order, by as many runs as it takes.
/// </summary>
internal sealed class PlanRunner(Db db, CrashPoint crash, ILogger<PlanRunner> log)
{
    public async Task<PlanEnd> Run<T>(StepPlan<T> plan, T subject, WorkContext context)
    {
        var known = (await PlanStep.Of(db, context.Item.Id)).ToDictionary(row => row.Step, StringComparer.Ordinal);
        if (!known.Values.Any(row => row.FailureCode is not null))
        {
            var failure = await Forward(plan, subject, context, known);
            if (failure is null) return new PlanEnd.Finished();
            log.LogWarning("{Plan} of {Resource} failed for good: {Code} {Text}", plan.Name, context.Item.Resource, failure.Code, failure.Text);
            known = (await PlanStep.Of(db, context.Item.Id)).ToDictionary(row => row.Step, StringComparer.Ordinal);
        }

        await Backward(plan, subject, context, known);
        var reason = known.Values.First(row => row.FailureCode is not null);
        return new PlanEnd.Undone(reason.FailureCode!, reason.FailureText ?? "");
    }

    private async Task<StepOutcome.Failed?> Forward<T>(StepPlan<T> plan, T subject, WorkContext context, Dictionary<string, PlanStep> known)
    {
        Func<Tx, Task>? before = null;
        foreach (var step in plan.Steps.Where(step => known.GetValueOrDefault(step.Name)?.State != "done"))
        {
            // the end of one step and the beginning of the next are one transaction
            var ended = before;
            await context.Write(async tx =>
            {
                if (ended is not null) await ended(tx);
                await PlanStep.Begin(tx, context.Item.Id, step.Name, context.Now);
                await context.Progress(tx, step.Name, step.Percent, step.Words);
            });
            crash.At(plan.Name, step.Name, "before");
            var outcome = await Attempt(plan, step, subject, context);
            crash.At(plan.Name, step.Name, "after");
            if (outcome is StepOutcome.Failed failure)
            {
                await context.Write(tx => PlanStep.Set(tx, context.Item.Id, step.Name, "failed", context.Now, failure));
                return failure;
            }

            var writes = ((StepOutcome.Done)outcome).InSameTransaction;
            before = async tx =>
            {
                if (writes is not null) await writes(tx);
                await PlanStep.Set(tx, context.Item.Id, step.Name, "done", context.Now);
            };
        }

        if (before is not null) await context.Write(before);
        return null;
    }

    private static async Task<StepOutcome> Attempt<T>(StepPlan<T> plan, Step<T> step, T subject, WorkContext context)
    {
        try
        {
            return await step.Do(subject, context.Cancelled);
        }
        catch (Exception trouble) when (trouble is not (LeaseLostException or OperationCanceledException))
        {
            if (plan.Verdict(trouble) is { } final) return final;
            if (context.Item.Attempts + 1 < plan.Tries) throw;
            return new StepOutcome.Failed($"{plan.Name}.{step.Name}", trouble.Message);
        }
    }

    private async Task Backward<T>(StepPlan<T> plan, T subject, WorkContext context, Dictionary<string, PlanStep> known)
    {
        foreach (var step in plan.Steps.Reverse())
        {
            if (known.GetValueOrDefault(step.Name) is not { } row || row.State == "undone") continue;
            if (step.Undo is not null)
            {
                await context.Write(tx => PlanStep.Set(tx, context.Item.Id, step.Name, "undoing", context.Now));
                await context.Progress(step.Name, step.Percent, "It did not work out; what was begun is being removed.");
                await step.Undo(subject, context.Cancelled);
                crash.At(plan.Name, step.Name, "undo");
            }

            await context.Write(tx => PlanStep.Set(tx, context.Item.Id, step.Name, "undone", context.Now));
        }
    }
}
