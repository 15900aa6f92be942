using System.Text.Json.Serialization;
using Billing.Invoices;
using Billing.Orders;
using Billing.Prices;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Access;
using Portal.Accounts;
using Portal.Api;
using Portal.Backups;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Servers;

/// <summary>A server to order.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ApiOrderRequest
{
    /// <summary>A plan's code of the catalogue.</summary>
    public string? Plan { get; init; }

    /// <summary>A region's code of the catalogue.</summary>
    public string? Region { get; init; }

    /// <summary>An image's code of the catalogue.</summary>
    public string? Image { get; init; }

    /// <summary>RFC 1123.</summary>
    public string? Hostname { get; init; }

    /// <summary>One public key in the one-line form of OpenSSH.</summary>
    public string? SshKey { get; init; }

    /// <summary>Whether daily backups are wanted; nobody decides it for the customer.</summary>
    public bool? Backups { get; init; }

    /// <summary>
    /// A backup (<c>bkp_…</c>) that the disk comes from; what is left out beside it is taken from the server that it is of.
    /// </summary>
    public string? Backup { get; init; }

    /// <summary>The total agreed to, whole paise with GST; another total is refused. Left out, it is ordered at today's price.</summary>
    public long? ExpectedTotalPaise { get; init; }

    internal ServerWish Wish(ServerWish? like) => new()
    {
        Plan = Plan ?? like?.Plan,
        Region = Region ?? like?.Region,
        Image = Image ?? like?.Image,
        Hostname = Hostname ?? like?.Hostname,
        SshKey = SshKey ?? like?.SshKey,
        Backups = Backups ?? like?.Backups,
        Backup = Backup,
    };
}

/// <summary>An order; amounts in whole paise.</summary>
internal record ApiOrder
{
    public required string Id { get; init; }

    /// <summary><c>awaiting_payment</c>, <c>paid</c>, <c>expired</c>, <c>cancelled</c> or <c>undeliverable</c> (paid back as credit).</summary>
    public required string State { get; init; }

    /// <summary>The server that it is for; null for a renewal.</summary>
    public required string? ServerId { get; init; }

    public required long NetPaise { get; init; }

    public required long CgstPaise { get; init; }

    public required long SgstPaise { get; init; }

    public required long UtgstPaise { get; init; }

    public required long IgstPaise { get; init; }

    /// <summary>To pay, with GST.</summary>
    public required long TotalPaise { get; init; }

    public required string Currency { get; init; }

    /// <summary>State code.</summary>
    public required string PlaceOfSupply { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Unpaid until then, it expires.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset? PaidAt { get; init; }

    /// <summary>When all of it is promised to be delivered; null before payment.</summary>
    public required DateTimeOffset? PromisedAt { get; init; }
}

/// <summary>An order with its lines and what came of it.</summary>
internal sealed record ApiOrderDetails : ApiOrder
{
    public required IReadOnlyList<ApiOrderLine> Lines { get; init; }

    /// <summary>Its tax invoice; null before payment.</summary>
    public required string? InvoiceId { get; init; }
}

/// <summary><c>/api/v1/orders</c>: orders of the account.</summary>
internal static class OrdersApi
{
    private static readonly string[] States =
        [SalesOrder.AwaitingPayment, SalesOrder.Paid, SalesOrder.Expired, SalesOrder.Cancelled, SalesOrder.Undeliverable];

    internal static Refusal NoLongerSold { get; } =
        new(nameof(ServerWish.Plan), "portal.servers.plan_unknown", "This plan is not on sale any more. Choose one from the catalogue.");

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var orders = routes.Api().MapGroup("/orders").WithTags("Orders");
        orders.MapGet("/", List).Needs(Permissions.ServersRead).Paged().WithSummary("The account's orders, newest first; ?state.");
        orders.MapPost("/", Place).FreshFactor().Needs(Permissions.ServersOrder).Creates().WithSummary("Orders a server. Nothing is created before it is paid.")
            .WithDescription("422 portal.servers.invalid_order says what is wrong in each field; 409 portal.servers.sold_out, "
                + "billing.orders.price_changed (with totalPaise) or billing.orders.billing_details_missing; "
                + "403 portal.access.spend_limit_reached.");
        orders.MapGet("/{id}", Show).Needs(Permissions.ServersRead, "id").WithSummary("One order with its lines, its server and its invoice.");
    }

    /// <summary>Why something cannot be ordered: sold out is a matter of now, everything else of the request.</summary>
    internal static ProblemHttpResult Refused(IReadOnlyList<Refusal> refusals) =>
        refusals.All(refusal => refusal.Code == "portal.servers.sold_out")
            ? ApiProblem.Of(StatusCodes.Status409Conflict, refusals[0].Code, refusals[0].Message)
            : ApiProblem.Fields(
                "portal.servers.invalid_order", refusals.Select(refusal => FieldProblem.Of(refusal.Field, refusal.Code, refusal.Message)));

    private static async Task<Results<Ok<ApiPage<ApiOrder>>, ProblemHttpResult>> List(string? state, HttpContext context, Db db)
    {
        var (page, refusal) = PageQuery.Read(context.Request.Query);
        if (refusal is not null) return refusal;
        if (state is not null && !States.Contains(state))
        {
            return ApiProblem.Of(
                StatusCodes.Status400BadRequest, "portal.servers.unknown_order_state", $"state is one of {string.Join(", ", States)}.");
        }

        if (!page.Before(ListedOrder.AfterAll, out var before)) return PageQuery.NoCursor();
        var orders = await ListedOrder.Older(db, context.SignedIn().AccountId, context.Access().Scope(Permissions.ServersRead), state ?? "", before, page.Limit + 1);
        return TypedResults.Ok(page.Of([.. orders.Select(Listed)], order => order.Id));
    }

    private static async Task<Results<Created<ApiOrderDetails>, ProblemHttpResult>> Place(
        ApiOrderRequest request, HttpContext context, Db db, PlaceOrder placeOrder)
    {
        var who = context.SignedIn();
        var expected = request.ExpectedTotalPaise is { } paise ? new Money(paise) : (Money?)null;
        if (!string.IsNullOrEmpty(request.Backup) && await context.Missing(Permissions.BackupsRestore, request.Backup) is { } missing) return missing;
        var like = string.IsNullOrEmpty(request.Backup) ? null : await RestoreAsNew.Wish(db, who.AccountId, request.Backup);
        switch (await placeOrder.Run(who, request.Wish(like), expected, context.IdempotencyKey(), context.Access().OrderRights))
        {
            case PlaceOrderOutcome.Placed placed: return await Created(db, who.AccountId, placed.OrderId);
            case PlaceOrderOutcome.AlreadyPlaced earlier: return await Created(db, who.AccountId, earlier.OrderId);
            case PlaceOrderOutcome.Refused refused: return Refused(refused.Refusals);
            case PlaceOrderOutcome.BeyondSpendLimit beyond:
                return ApiProblem.Of(StatusCodes.Status403Forbidden, beyond.Code, beyond.Message);
            case PlaceOrderOutcome.BillingDetailsMissing none:
                return ApiProblem.Of(StatusCodes.Status409Conflict, none.Code, none.Message);
            case PlaceOrderOutcome.PriceChanged changed:
                return ApiProblem.Of(
                    StatusCodes.Status409Conflict,
                    "billing.orders.price_changed",
                    $"It costs {changed.NewTotal.Show()} now; nothing was ordered.",
                    new Dictionary<string, object?> { ["totalPaise"] = changed.NewTotal.Paise, ["currency"] = changed.NewTotal.Currency });
            case var outcome: throw new InvalidOperationException($"Placing an order ended as {outcome}, which nobody answers.");
        }
    }

    private static async Task<Created<ApiOrderDetails>> Created(Db db, AccountId account, SalesOrderId id) =>
        TypedResults.Created($"/api/v1/orders/{id}", await Details(db, account, (await ListedOrder.Find(db, account, id))!));

    private static async Task<Results<Ok<ApiOrderDetails>, ProblemHttpResult>> Show(string id, HttpContext context, Db db)
    {
        var account = context.SignedIn().AccountId;
        return Id.TryParse<SalesOrderId>(id, out var known) && await ListedOrder.Find(db, account, known) is { } order
            ? TypedResults.Ok(await Details(db, account, order))
            : ApiProblem.NotFound("billing.orders.no_order", "This account has no such order.");
    }

    private static async Task<ApiOrderDetails> Details(Db db, AccountId account, ListedOrder order)
    {
        var lines = await SalesOrder.Lines(db, account.ToString(), order.Id);
        var invoice = await InvoiceDocument.OfOrder(db, account.ToString(), order.Id.Value);
        return new ApiOrderDetails
        {
            Id = order.Id.Value,
            State = order.State,
            ServerId = order.ServerId,
            NetPaise = order.NetPaise,
            CgstPaise = order.CgstPaise,
            SgstPaise = order.SgstPaise,
            UtgstPaise = order.UtgstPaise,
            IgstPaise = order.IgstPaise,
            TotalPaise = order.TotalPaise,
            Currency = order.Currency,
            PlaceOfSupply = order.PlaceOfSupply,
            CreatedAt = order.CreatedAt,
            ExpiresAt = order.ExpiresAt,
            PaidAt = order.PaidAt,
            PromisedAt = order.PromisedAt,
            InvoiceId = invoice?.Id.Value,
            Lines = [.. lines.Select(line => QuoteApi.Line(line.ItemCode, line.Region, line.Description, line.Sac, line.RateBps, line.Amounts))],
        };
    }

    private static ApiOrder Listed(ListedOrder order) => new()
    {
        Id = order.Id.Value,
        State = order.State,
        ServerId = order.ServerId,
        NetPaise = order.NetPaise,
        CgstPaise = order.CgstPaise,
        SgstPaise = order.SgstPaise,
        UtgstPaise = order.UtgstPaise,
        IgstPaise = order.IgstPaise,
        TotalPaise = order.TotalPaise,
        Currency = order.Currency,
        PlaceOfSupply = order.PlaceOfSupply,
        CreatedAt = order.CreatedAt,
        ExpiresAt = order.ExpiresAt,
        PaidAt = order.PaidAt,
        PromisedAt = order.PromisedAt,
    };
}
