using System.Diagnostics;

namespace Portal.Demo;

/// <summary>Waiting for what the background work does.</summary>
internal static class Patience
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    internal static async Task Until(Func<Task<bool>> condition, string what)
    {
        var patience = Stopwatch.StartNew();
        while (!await condition())
        {
            if (patience.Elapsed > Longest) throw new TimeoutException($"The demo waited in vain for {what}.");
            await Task.Delay(Pause);
        }
    }
}
