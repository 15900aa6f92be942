using System.Diagnostics;

namespace Testing;

/// <summary>Waiting for a condition, never for a time.</summary>
public static class Wait
{
    /// <summary>
    /// When a condition counts as never coming. It says nothing about speed: a machine with ten times as much to do must still pass.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>Asks again and again until the condition holds; fails with <paramref name="what"/> when it takes too long.</summary>
    public static async Task Until(Func<Task<bool>> condition, string what, TimeSpan? within = null)
    {
        var patience = Stopwatch.StartNew();
        while (!await condition())
        {
            if (patience.Elapsed > (within ?? Patience)) throw new TimeoutException($"Waited {patience.Elapsed} in vain for: {what}");
            await Moment();
        }
    }

    /// <inheritdoc cref="Until(Func{Task{bool}}, string, TimeSpan?)"/>
    public static Task Until(Func<bool> condition, string what, TimeSpan? within = null) => Until(() => Task.FromResult(condition()), what, within);

    /// <summary>Asks again and again until there is a value.</summary>
    public static async Task<T> For<T>(Func<Task<T?>> find, string what, TimeSpan? within = null)
        where T : class
    {
        T? found = null;
        await Until(async () => (found = await find()) is not null, what, within);
        return found!;
    }

    /// <summary>The pause between two looks at a condition.</summary>
    internal static Task Moment() => Task.Delay(TimeSpan.FromMilliseconds(10));
}
