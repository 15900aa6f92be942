using System.Text.Json;

namespace Database.Work;

/// <summary>A claimed item in the hands of its handler.</summary>
public sealed class WorkContext(Db db, TimeProvider clock, WorkItem item, CancellationToken cancelled)
{
    /// <summary>The item.</summary>
    public WorkItem Item { get; } = item;

    /// <summary>The instant (UTC).</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Raised when the host stops or the lease is lost.</summary>
    public CancellationToken Cancelled { get; } = cancelled;

    /// <summary>The input.</summary>
    public T Input<T>() => JsonSerializer.Deserialize<T>(Item.Input ?? "{}", WorkQueue.Json)
        ?? throw new InvalidOperationException($"The input of {Item.Id} is empty.");

    /// <summary>Says how far the work is: shown to whoever waits.</summary>
    /// <exception cref="LeaseLostException">Another worker holds the item.</exception>
    public Task Progress(string step, int percent, string message) => db.Write(tx => Progress(tx, step, percent, message));

    /// <summary>The same in a transaction that writes something else too.</summary>
    /// <exception cref="LeaseLostException">Another worker holds the item.</exception>
    public Task Progress(Tx tx, string step, int percent, string message) => WorkQueue.Progress(tx, Item, step, percent, message);

    /// <summary>Writes while the item is held: nothing is written when another worker has taken it.</summary>
    /// <exception cref="LeaseLostException">Another worker holds the item.</exception>
    public Task<T> Write<T>(Func<Tx, Task<T>> body) => db.Write(async tx =>
    {
        await WorkQueue.Hold(tx, Item);
        return await body(tx);
    });

    /// <inheritdoc cref="Write{T}"/>
    public Task Write(Func<Tx, Task> body) => Write(async tx =>
    {
        await body(tx);
        return true;
    });
}
