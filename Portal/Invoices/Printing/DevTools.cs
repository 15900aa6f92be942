using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text.Json;

namespace Portal.Invoices.Printing;

/// <summary>The browser died, hung or broke the protocol: only a fresh one helps.</summary>
internal sealed class RendererBrokenException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Chrome DevTools Protocol over a pair of pipes (<c>--remote-debugging-pipe</c>): JSON messages that end with a zero byte.
/// No port is open, and the browser ends itself when the pipe closes, even when this process was killed.
/// </summary>
internal sealed class DevTools : IAsyncDisposable
{
    private readonly Stream outgoing;
    private readonly PipeReader incoming;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> waiting = new();
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly CancellationTokenSource closed = new();
    private readonly Task reading;
    private RendererBrokenException? broken;
    private int last;

    internal DevTools(Stream outgoing, Stream incoming)
    {
        this.outgoing = outgoing;
        this.incoming = PipeReader.Create(incoming);
        reading = Task.Run(Read);
    }

    /// <summary>Calls a method and waits for its result.</summary>
    /// <exception cref="RendererBrokenException">No answer within the time, an error, or the browser is gone.</exception>
    internal async Task<JsonElement> Call(
        string method, object? parameters, string? session, TimeSpan within, CancellationToken cancelled = default)
    {
        var id = Interlocked.Increment(ref last);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[id] = answer;
        try
        {
            if (broken is not null) throw broken;
            await Send(JsonSerializer.SerializeToUtf8Bytes(new Message(id, method, parameters, session), Json), cancelled);
            return await answer.Task.WaitAsync(within, cancelled);
        }
        catch (TimeoutException late)
        {
            throw new RendererBrokenException($"{method} was not answered within {within.TotalSeconds:0.#} s.", late);
        }
        catch (IOException gone)
        {
            throw new RendererBrokenException($"{method} could not be sent: the browser is gone.", gone);
        }
        finally
        {
            waiting.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closed.CancelAsync();
        await reading;
        await incoming.CompleteAsync();
        closed.Dispose();
        writing.Dispose();
    }

    private async Task Send(byte[] message, CancellationToken cancelled)
    {
        await writing.WaitAsync(cancelled);
        try
        {
            await outgoing.WriteAsync(message, CancellationToken.None);
            await outgoing.WriteAsync(Zero, CancellationToken.None);
            await outgoing.FlushAsync(CancellationToken.None);
        }
        finally
        {
            writing.Release();
        }
    }

    private async Task Read()
    {
        try
        {
            while (true)
            {
                var result = await incoming.ReadAsync(closed.Token);
                var buffer = result.Buffer;
                while (buffer.PositionOf((byte)0) is { } end)
                {
                    Take(buffer.Slice(0, end));
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                incoming.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted) break;
            }

            Break(new RendererBrokenException("The browser ended."));
        }
        catch (OperationCanceledException)
        {
            Break(new RendererBrokenException("The browser was put away."));
        }
        catch (Exception trouble) when (trouble is IOException or JsonException or ObjectDisposedException)
        {
            Break(new RendererBrokenException("The browser's pipe broke.", trouble));
        }
    }

    private void Take(ReadOnlySequence<byte> message)
    {
        using var document = JsonDocument.Parse(message);
        var root = document.RootElement;
        if (root.TryGetProperty("id", out var id))
        {
            if (!waiting.TryGetValue(id.GetInt32(), out var answer)) return;
            if (root.TryGetProperty("error", out var error))
                answer.TrySetException(new RendererBrokenException($"The browser refused: {error.GetProperty("message").GetString()}"));
            else
                answer.TrySetResult(root.GetProperty("result").Clone());
        }
        else if (root.TryGetProperty("method", out var name) && name.GetString() is "Inspector.targetCrashed" or "Target.targetCrashed")
        {
            Break(new RendererBrokenException("The page crashed."));
        }
    }

    private void Break(RendererBrokenException trouble)
    {
        broken ??= trouble;
        foreach (var answer in waiting.Values) answer.TrySetException(trouble);
    }

    private static readonly byte[] Zero = [0];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private sealed record Message(int Id, string Method, object? Params, string? SessionId);
}
