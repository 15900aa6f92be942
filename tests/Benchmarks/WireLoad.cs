using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Benchmarks;

/// <summary>
/// Sends one request again and again over a few kept connections and reads each answer to its end. It costs a few microseconds a request, so
/// that on a small machine the servers are measured rather than the client.
/// </summary>
internal static class WireLoad
{
    /// <summary>Answers a second.</summary>
    public static async Task<double> Run(Uri address, string headers, string body, int connections, int requests)
    {
        var request = Encoding.ASCII.GetBytes(
            $"POST {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}");
        var left = requests;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, address.Port);
            var buffer = new byte[16 * 1024];
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await socket.SendAsync(request);
                var length = 0;
                while (!IsWhole(buffer.AsSpan(0, length)))
                {
                    var read = await socket.ReceiveAsync(buffer.AsMemory(length));
                    if (read == 0) throw new IOException($"{address} hung up after {Encoding.ASCII.GetString(buffer, 0, length)}");
                    length += read;
                }

                if (!buffer.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8))
                    throw new InvalidOperationException($"{address} answered {Encoding.ASCII.GetString(buffer, 0, length)}");
            }
        })));
        return requests / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0) return false;
        var at = Encoding.ASCII.GetString(answer[..head]).IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return answer.EndsWith("\r\n0\r\n\r\n"u8);
        var digits = answer[(at + "Content-Length: ".Length)..];
        return System.Buffers.Text.Utf8Parser.TryParse(digits, out int length, out _) && answer.Length >= head + 4 + length;
    }
}
