using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace Provisioning.Plan;

/// <summary>Settings of the plans. Section <c>Provisioning</c>.</summary>
internal sealed record PlanOptions
{
    /// <summary>
    /// For crash tests in development: <c>plan.step.before</c> (intent written), <c>plan.step.after</c> (done, not yet written down) or
    /// <c>plan.step.undo</c>, at which this process ends itself as SIGKILL would.
    /// </summary>
    public string CrashAt { get; init; } = "";
}

/// <summary>The place where a crash test ends the worker.</summary>
internal sealed class CrashPoint
{
    private readonly Action<string> at;

    public CrashPoint(IOptions<PlanOptions> options)
    {
        var wanted = options.Value.CrashAt;
        at = wanted.Length == 0 ? _ => { } : place =>
        {
            if (place != wanted) return;
            using var self = Process.GetCurrentProcess();
            self.Kill();
            Thread.Sleep(Timeout.Infinite);
        };
    }

    /// <summary>For tests in the same process.</summary>
    internal CrashPoint(Action<string> at) => this.at = at;

    public void At(string plan, string step, string moment) => at($"{plan}.{step}.{moment}");
}
