using Database;
using Database.Work;
using Microsoft.Extensions.Logging.Abstractions;
using Provisioning.Plan;

namespace Provisioning.Tests.Plan;

/// <summary>What every plan must stand: each step done twice, failing at each step in turn, a worker that dies at each place.</summary>
internal static class PlanProof
{
    /// <summary>The plan with every step done and undone twice.</summary>
    public static StepPlan<T> EveryStepTwice<T>(this StepPlan<T> plan) => plan with
    {
        Steps = [.. plan.Steps.Select(step => step with
        {
            Do = async (subject, cancelled) =>
            {
                await step.Do(subject, cancelled);
                return await step.Do(subject, cancelled);
            },
            Undo = step.Undo is null ? null : async (subject, cancelled) =>
            {
                await step.Undo(subject, cancelled);
                await step.Undo(subject, cancelled);
            },
        })],
    };

    /// <summary>The plan that fails for good at the step, after its work was done all the same.</summary>
    public static StepPlan<T> FailingAt<T>(this StepPlan<T> plan, string name) => plan with
    {
        Steps = [.. plan.Steps.Select(step => step.Name != name ? step : step with
        {
            Do = async (subject, cancelled) =>
            {
                await step.Do(subject, cancelled);
                return new StepOutcome.Failed("test.failed", $"The test failed it at {name}.");
            },
        })],
    };

    /// <summary>Runs the plan by workers that die at each place once: the next one goes on. The places they died at.</summary>
    public static async Task<(PlanEnd End, IReadOnlyCollection<string> Deaths)> RunThroughDeaths<T>(
        this StepPlan<T> plan, Db db, WorkContext context, Func<T> subject)
    {
        var deaths = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var worker = new PlanRunner(db, new CrashPoint(place => Die(deaths, place)), NullLogger<PlanRunner>.Instance);
            try
            {
                return (await worker.Run(plan, subject(), context), deaths);
            }
            catch (Death)
            {
                // the next worker
            }
        }
    }

    /// <summary>A runner that nothing happens to.</summary>
    public static PlanRunner Runner(Db db) => new(db, new CrashPoint(_ => { }), NullLogger<PlanRunner>.Instance);

    private static void Die(HashSet<string> deaths, string place)
    {
        if (deaths.Add(place)) throw new Death();
    }

    private sealed class Death : Exception;
}
