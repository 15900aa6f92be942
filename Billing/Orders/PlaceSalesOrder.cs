using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.Prices;
using Billing.Tax;
using Database;
using Database.Audit;
using Database.Work;
using Microsoft.Extensions.Options;

namespace Billing.Orders;

/// <summary>An order to place.</summary>
/// <param name="AccountId">The customer's account.</param>
/// <param name="PersonId">Who orders; null for a renewal.</param>
/// <param name="Lines">What; a counted item takes its stock only when paid.</param>
public sealed record OrderRequest(string AccountId, string? PersonId, IReadOnlyList<WantedLine> Lines)
{
    /// <summary>The total that the customer saw; another one is not ordered but shown again.</summary>
    public Money? ExpectedTotal { get; init; }

    /// <summary>The second order of an account with the same key is the first one. At most 100 characters.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>How long it waits for its payment; null for the setting.</summary>
    public TimeSpan? PayWithin { get; init; }
}

/// <summary>How placing an order ended.</summary>
public abstract record OrderOutcome
{
    private OrderOutcome()
    {
    }

    /// <summary>It waits for the payment.</summary>
    /// <param name="Id">The order.</param>
    /// <param name="Total">To pay, with GST.</param>
    /// <param name="Lines">The lines' ids in the order of the request.</param>
    /// <param name="ExpiresAt">Unpaid until then (UTC), it expires.</param>
    public sealed record Placed(SalesOrderId Id, Money Total, IReadOnlyList<SalesOrderLineId> Lines, DateTimeOffset ExpiresAt)
        : OrderOutcome;

    /// <summary>This key has placed an order before.</summary>
    public sealed record AlreadyPlaced(SalesOrderId Id, Money Total) : OrderOutcome;

    /// <summary>It costs something else now; nothing was ordered.</summary>
    public sealed record PriceChanged(Money NewTotal) : OrderOutcome;

    /// <summary>None of the item is left in the region.</summary>
    public sealed record SoldOut(string ItemCode, string Region) : OrderOutcome;

    /// <summary>The item is not for sale.</summary>
    public sealed record UnknownItem(string ItemCode) : OrderOutcome;

    /// <summary>There are no billing details, or they cannot be invoiced.</summary>
    public sealed record BillingDetailsMissing(string Code, string Message) : OrderOutcome;
}

/// <summary>Places a sales order in the caller's transaction, together with whatever the caller keeps of it.</summary>
public sealed class PlaceSalesOrder(Supplier supplier, IOptions<OrderOptions> options)
{
    private readonly Quote quote = new(supplier);

    /// <summary>Places the order, or says why not. Writes nothing unless the outcome is <see cref="OrderOutcome.Placed"/>.</summary>
    public async Task<OrderOutcome> Run(Tx tx, OrderRequest request, DateTimeOffset now)
    {
        if (await Earlier(tx, request) is { } earlier) return earlier;
        switch (await quote.Run(tx, request.AccountId, request.Lines, now))
        {
            case QuoteOutcome.UnknownItem unknown: return new OrderOutcome.UnknownItem(unknown.ItemCode);
            case QuoteOutcome.BillingDetailsMissing missing:
                return new OrderOutcome.BillingDetailsMissing(missing.Code, missing.Message);
            case QuoteOutcome.Quoted quoted: return await Place(tx, request, quoted, now);
            default: throw new InvalidOperationException("Unknown outcome of a quote.");
        }
    }

    private static async Task<OrderOutcome?> Earlier(Tx tx, OrderRequest request)
    {
        if (request.IdempotencyKey is null) return null;
        var order = await tx.One<SalesOrder>(Sql.ByKey, new { request.AccountId, request.IdempotencyKey });
        return order is null ? null : new OrderOutcome.AlreadyPlaced(order.Id, order.Total);
    }

    private async Task<OrderOutcome> Place(Tx tx, OrderRequest request, QuoteOutcome.Quoted quoted, DateTimeOffset now)
    {
        foreach (var line in quoted.Lines.Where(line => line.Price.Counted && line.Wanted.SubscriptionId is null))
            if (!await Stock.IsLeft(tx, line.Wanted.ItemCode, line.Wanted.Region))
                return new OrderOutcome.SoldOut(line.Wanted.ItemCode, line.Wanted.Region);
        var total = quoted.Totals.Total;
        if (request.ExpectedTotal is { } expected && expected != total) return new OrderOutcome.PriceChanged(total);

        var id = Id.New<SalesOrderId>(now);
        var expiresAt = now + (request.PayWithin ?? options.Value.PayWithin);
        await tx.Execute(Sql.InsertOrder, new
        {
            Id = id,
            request.AccountId,
            request.PersonId,
            quoted.BillingProfileId,
            State = SalesOrder.AwaitingPayment,
            quoted.Totals.NetPaise,
            quoted.Totals.CgstPaise,
            quoted.Totals.SgstPaise,
            quoted.Totals.UtgstPaise,
            quoted.Totals.IgstPaise,
            quoted.Totals.TotalPaise,
            total.Currency,
            PlaceOfSupply = quoted.Place.StateCode,
            TaxNature = quoted.Place.Nature.ToString(),
            quoted.Place.SupplyType,
            request.IdempotencyKey,
            CreatedAt = now,
            ExpiresAt = expiresAt,
        });
        var lines = new List<SalesOrderLineId>();
        foreach (var line in quoted.Lines) lines.Add(await PlaceLine(tx, id, request.AccountId, lines.Count + 1, line, now));
        await WorkQueue.Add(
            tx,
            new NewWork("order.expire", id.Value)
            {
                AccountId = request.AccountId,
                NotBefore = expiresAt,
                DedupKey = $"order.expire:{id}",
            },
            now);
        await tx.Record(
            new AuditEvent("orders.placed")
            {
                AccountId = request.AccountId,
                PersonId = request.PersonId,
                Resource = id.Value,
                After = new { total.Paise, total.Currency, Lines = quoted.Lines.Select(line => line.Wanted.Description) },
            },
            now);
        return new OrderOutcome.Placed(id, total, lines, expiresAt);
    }

    private static async Task<SalesOrderLineId> PlaceLine(
        Tx tx, SalesOrderId order, string accountId, int position, QuotedLine line, DateTimeOffset now)
    {
        var id = Id.New<SalesOrderLineId>(now);
        await tx.Execute(Sql.InsertLine, new
        {
            Id = id,
            OrderId = order,
            AccountId = accountId,
            Position = position,
            line.Wanted.ItemCode,
            line.Wanted.Region,
            line.Price.Counted,
            line.Wanted.Description,
            line.Amounts.NetPaise,
            line.Amounts.CgstPaise,
            line.Amounts.SgstPaise,
            line.Amounts.UtgstPaise,
            line.Amounts.IgstPaise,
            line.Price.Sac,
            line.Price.RateBps,
            line.Wanted.WorkCommand,
            line.Wanted.WorkResource,
            WorkInput = Input(line.Wanted, id),
            PromisedSeconds = (int?)line.Wanted.Promised?.TotalSeconds,
            line.Wanted.SubscriptionId,
        });
        return id;
    }

    private static string? Input(WantedLine wanted, SalesOrderLineId line)
    {
        if (wanted.WorkCommand is null) return null;
        var input = wanted.WorkInput is null
            ? new JsonObject()
            : JsonSerializer.SerializeToNode(wanted.WorkInput, WorkQueue.Json)!.AsObject();
        input["orderLineId"] = line.Value;
        return input.ToJsonString();
    }

    internal static class Sql
    {
        public const string ByKey = $"""
            select {SalesOrder.Sql.Columns}
            from SalesOrder
            where AccountId = @AccountId and IdempotencyKey = @IdempotencyKey
            """;

        public const string InsertOrder = """
            insert into SalesOrder (Id, AccountId, PersonId, BillingProfileId, State, NetPaise, CgstPaise, SgstPaise, UtgstPaise,
                IgstPaise, TotalPaise, Currency, PlaceOfSupply, TaxNature, SupplyType, IdempotencyKey, CreatedAt, ExpiresAt)
            values (@Id, @AccountId, @PersonId, @BillingProfileId, @State, @NetPaise, @CgstPaise, @SgstPaise, @UtgstPaise,
                @IgstPaise, @TotalPaise, @Currency, @PlaceOfSupply, @TaxNature, @SupplyType, @IdempotencyKey, @CreatedAt, @ExpiresAt)
            """;

        public const string InsertLine = """
            insert into SalesOrderLine (Id, OrderId, AccountId, Position, ItemCode, Region, Counted, Description, NetPaise, CgstPaise,
                SgstPaise, UtgstPaise, IgstPaise, Sac, RateBps, WorkCommand, WorkResource, WorkInput, PromisedSeconds, SubscriptionId)
            values (@Id, @OrderId, @AccountId, @Position, @ItemCode, @Region, @Counted, @Description, @NetPaise, @CgstPaise,
                @SgstPaise, @UtgstPaise, @IgstPaise, @Sac, @RateBps, @WorkCommand, @WorkResource, @WorkInput, @PromisedSeconds,
                @SubscriptionId)
            """;
    }
}
